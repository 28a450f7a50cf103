import { type Car, type CarModel, createCar, deliveredWh } from "./car.ts";
import { counterWh, type Evse } from "./station.ts";

/** A car's stay at an EVSE, present for `arrivesAtMs <= t < departsAtMs`. */
export type Session = {
  readonly id: string;
  readonly evse: string;
  readonly arrivesAtMs: number;
  readonly departsAtMs: number;
  readonly car: CarModel;
};

/** What a session got. */
export type SessionOutcome = {
  readonly session: string;
  readonly evse: string;
  readonly wantedWh: number;
  readonly deliveredWh: number;
  readonly hasLeft: boolean;
};

/** Who comes to which EVSE, and what became of those who left. */
export type Visits = {
  readonly queues: Map<string, Session[]>;
  readonly current: Map<string, { readonly session: Session; readonly car: Car }>;
  readonly finished: SessionOutcome[];
};

/** The visits of a day; nobody has come yet. */
export const createVisits = (sessions: readonly Session[]): Visits => {
  const sorted = sessions.toSorted((a, b) => a.arrivesAtMs - b.arrivesAtMs || a.departsAtMs - b.departsAtMs);
  return { queues: Map.groupBy(sorted, (session) => session.evse), current: new Map(), finished: [] };
};

const outcome = (session: Session, car: Car, nowMs: number, hasLeft: boolean): SessionOutcome => ({
  session: session.id,
  evse: session.evse,
  wantedWh: session.car.energyWantedWh,
  deliveredWh: deliveredWh(car, nowMs),
  hasLeft,
});

const leave = (visits: Visits, evse: Evse, nowMs: number): void => {
  const current = visits.current.get(evse.spec.id);
  if (current === undefined) return;
  visits.finished.push(outcome(current.session, current.car, nowMs, true));
  visits.current.delete(evse.spec.id);
  evse.countedWh = counterWh(evse, nowMs);
  evse.car = null;
};

const arrive = (visits: Visits, evse: Evse, session: Session, nowMs: number): void => {
  leave(visits, evse, nowMs);
  evse.car = createCar(session.car, nowMs);
  visits.current.set(evse.spec.id, { session, car: evse.car });
};

const admit = (visits: Visits, evse: Evse, queue: Session[], nowMs: number): void => {
  for (let next = queue[0]; next !== undefined && next.arrivesAtMs <= nowMs; next = queue[0]) {
    queue.shift();
    if (next.departsAtMs > nowMs) arrive(visits, evse, next, nowMs);
  }
};

/** Lets who is due come and go at an EVSE; returns when that happens next, ms. */
export const visit = (visits: Visits, evse: Evse, nowMs: number): number => {
  const { id } = evse.spec;
  const queue = visits.queues.get(id) ?? [];
  if ((visits.current.get(id)?.session.departsAtMs ?? Infinity) <= nowMs) leave(visits, evse, nowMs);
  admit(visits, evse, queue, nowMs);
  return Math.min(visits.current.get(id)?.session.departsAtMs ?? Infinity, queue[0]?.arrivesAtMs ?? Infinity);
};

/** What every session that has begun got so far. */
export const outcomesOf = (visits: Visits, evses: readonly Evse[], nowMs: number): readonly SessionOutcome[] => {
  const present = evses.flatMap((evse) => {
    const current = visits.current.get(evse.spec.id);
    return current === undefined ? [] : [outcome(current.session, current.car, nowMs, false)];
  });
  return [...visits.finished, ...present];
};
