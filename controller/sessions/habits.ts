import type { Need } from "../model/need.ts";
import { elapsedMs, instant, type Instant } from "../model/time.ts";
import type { Session } from "./session.ts";

/** When somebody plugged in, in the local time of the site. */
export type Arrival = {
  /** Whose habit it is: the id of an EVSE, or whatever else tells sessions apart. */
  readonly key: string;
  /** 0: Monday. */
  readonly weekday: number;
  /** Hours since midnight. */
  readonly hour: number;
};

/** A session that is over. */
export type PastSession = Arrival & {
  readonly stayMs: number;
  /** Energy delivered, Wh; null: nothing measured it. */
  readonly energyWh: number | null;
};

/** How long a vehicle usually stays and what it then takes. */
export type UsualSession = { readonly stayMs: number; readonly energyWh: number };

/** So many similar sessions make a habit, and more than so many of the newest do not count. */
const LEAST_SIMILAR = 3;
const MOST_SIMILAR = 15;
/** Arrivals so far apart are similar, hours. */
const SIMILAR_H = 2;
const SATURDAY = 5;
/** A session that goes beyond what is usual is extended by so much of it, and at least by so many ms and Wh. */
const STEP_SHARE = 0.25;
const LEAST_STEP_MS = 10 * 60_000;
const LEAST_STEP_WH = 2_000;

type Similarity = (a: Arrival, b: Arrival) => boolean;

const isSameHour: Similarity = (a, b) => {
  const apartH = Math.abs(a.hour - b.hour);
  return Math.min(apartH, 24 - apartH) <= SIMILAR_H;
};
const isSameKind: Similarity = (a, b) => a.weekday < SATURDAY === b.weekday < SATURDAY;

/** What counts as similar, the most telling first: the same day of the week, the same kind of day, the whole site. */
const SIMILARITIES: readonly Similarity[] = [
  (a, b) => a.key === b.key && a.weekday === b.weekday && isSameHour(a, b),
  (a, b) => a.key === b.key && isSameKind(a, b) && isSameHour(a, b),
  (a, b) => isSameKind(a, b) && isSameHour(a, b),
];

/**
 * What is usual after such an arrival: the median of the newest similar sessions; null: there were too few, and a guess would
 * pass for knowledge. `past` is in the order they ended.
 */
export const usualSession = (past: readonly PastSession[], arrival: Arrival): UsualSession | null => {
  const stayMs = usual(past, arrival, (session) => session.stayMs);
  const energyWh = usual(past, arrival, (session) => session.energyWh);
  return stayMs === undefined || energyWh === undefined ? null : { stayMs, energyWh };
};

const usual = (
  past: readonly PastSession[],
  arrival: Arrival,
  figureOf: (session: PastSession) => number | null,
): number | undefined => {
  const known = past.flatMap((session) => {
    const figure = figureOf(session);
    return figure === null ? [] : [{ session, figure }];
  });
  for (const isSimilar of SIMILARITIES) {
    const similar = known.filter(({ session }) => isSimilar(session, arrival)).slice(-MOST_SIMILAR);
    if (similar.length >= LEAST_SIMILAR) return median(similar.map(({ figure }) => figure));
  }
  return undefined;
};

const median = (values: readonly number[]): number | undefined => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
};

/** What a running session still needs if it is a usual one; one that already went beyond that is taken to go on. */
export const estimatedNeed = (
  usually: UsualSession,
  { pluggedAt, deliveredWh }: Pick<Session, "pluggedAt" | "deliveredWh">,
  now: Instant,
): Need => ({
  departsAt: instant(pluggedAt + extended(usually.stayMs, elapsedMs(pluggedAt, now), LEAST_STEP_MS)),
  energyWh: extended(usually.energyWh, deliveredWh ?? 0, LEAST_STEP_WH) - (deliveredWh ?? 0),
  isEstimated: true,
});

/** The usual figure, or, once less than half a step of it is left, so many whole steps more. */
const extended = (usualFigure: number, soFar: number, leastStep: number): number => {
  const step = Math.max(leastStep, STEP_SHARE * usualFigure);
  return usualFigure + step * Math.max(0, Math.ceil((soFar - usualFigure) / step + 0.5));
};
