import { waitingW } from "../allocation/explanation/waited.ts";
import { powerRow, type Plan } from "../allocation/plan.ts";
import { mapPhases, type PhaseVector } from "../model/phase.ts";
import { elapsedMs, type Clock, type Instant } from "../model/time.ts";
import type { CycleRecord } from "./cycle.ts";

/** Energy that vehicles could have taken on one day, had one circuit not bound them, Wh: by the phase that did, or by its power. */
export type WaitedDay = {
  readonly circuit: string;
  /** The day on the site, such as 2026-03-01. */
  readonly day: string;
  readonly phasesWh: PhaseVector;
  readonly powerWh: number;
};

/** Keeps count of the energy that waited. */
export type WaitedBook = {
  /** Adds what waited since the cycle before. */
  note(record: CycleRecord): void;
  /** The days of a circuit on which anything waited, oldest first. */
  of(circuit: string): readonly WaitedDay[];
  /** Keeps what was not kept yet. */
  close(): Promise<void>;
};

/** What the book needs: what was kept, and a place that survives a restart. */
export type WaitedPorts = {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly stored: readonly WaitedDay[];
  readonly save: (days: readonly WaitedDay[]) => Promise<void>;
};

const KEPT_DAYS = 14;
const DAY_MS = 86_400_000;
const SAVE_EVERY_MS = 300_000;
/** What was decided is worth no longer than a setpoint: a gap beyond that counts no energy. */
const LONGEST_GAP_MS = 10_000;

/** The book as it was left: time passes by the monotonic clock, days by the wall clock of the site. */
export const createWaitedBook = ({ plan, clock, stored, save }: WaitedPorts): WaitedBook => {
  const dayOf = new Intl.DateTimeFormat("sv-SE", { timeZone: plan.site.timezone, dateStyle: "short" });
  const days = new Map<string, Float64Array>();
  let today = "";
  const begin = (day: string): void => {
    today = day;
    const oldest = dayOf.format(clock.wallMs() - (KEPT_DAYS - 1) * DAY_MS);
    // A day yet to come is of a wall clock that was wrong.
    for (const each of days.keys()) if (each < oldest || each > day) days.delete(each);
  };
  for (const each of stored) enter(plan, days, each);
  let before: Waiting | null = null;
  let savedAt = clock.now();
  let isSaved = true;
  const keep = (): Promise<void> => {
    [savedAt, isSaved] = [clock.now(), true];
    return save(plan.site.circuits.flatMap(({ id }) => entriesOf(plan, days, id)));
  };
  return {
    note({ snapshot: { at }, allocation }) {
      const hours = before === null ? 0 : Math.min(LONGEST_GAP_MS, elapsedMs(before.at, at)) / 3_600_000;
      const rowsWh = (before?.rowsW ?? new Float64Array()).map((powerW) => powerW * hours);
      const day = dayOf.format(clock.wallMs());
      if (day !== today) begin(day);
      if (rowsWh.some((energyWh) => energyWh > 0)) {
        addTo(days, day, rowsWh);
        isSaved = false;
      }
      before = { at, rowsW: waitingW(plan, allocation) };
      // Not kept is not lost yet: it is tried again with the next.
      if (!isSaved && elapsedMs(savedAt, at) >= SAVE_EVERY_MS) void keep().catch(() => (isSaved = false));
    },
    of: (circuit) => entriesOf(plan, days, circuit),
    close: async () => (isSaved ? undefined : keep()),
  };
};

type Waiting = { readonly at: Instant; readonly rowsW: Float64Array };

const enter = (plan: Plan, days: Map<string, Float64Array>, { circuit, day, phasesWh, powerWh }: WaitedDay): void => {
  const index = plan.circuitIndex.get(circuit);
  if (index === undefined) return;
  const rowsWh = new Float64Array(plan.rowCount);
  rowsWh.set(phasesWh, index * 3);
  rowsWh[powerRow(plan, index)] = powerWh;
  addTo(days, day, rowsWh);
};

const addTo = (days: Map<string, Float64Array>, day: string, rowsWh: Float64Array): void => {
  const beforeWh = days.get(day);
  days.set(
    day,
    rowsWh.map((energyWh, row) => energyWh + (beforeWh?.[row] ?? 0)),
  );
};

const entriesOf = (plan: Plan, days: ReadonlyMap<string, Float64Array>, circuit: string): readonly WaitedDay[] => {
  const index = plan.circuitIndex.get(circuit) ?? -1;
  return [...days]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, rowsWh]) => ({
      circuit,
      day,
      phasesWh: mapPhases((i) => round(rowsWh[index * 3 + i] ?? 0)),
      powerWh: round(rowsWh[powerRow(plan, index)] ?? 0),
    }))
    .filter(({ phasesWh, powerWh }) => powerWh > 0 || Math.max(...phasesWh) > 0);
};

const round = (energyWh: number): number => Math.round(energyWh * 10) / 10;
