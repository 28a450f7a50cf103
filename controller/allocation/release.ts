import type { Instant } from "../model/time.ts";
import { elapsedMs } from "../model/time.ts";
import type { Observed } from "./observation/accounted.ts";
import { ceilToStep, floorToStep } from "./division/quantise.ts";
import { TOLERANCE_A } from "./division/tolerance.ts";
import { phaseOfEntry } from "./plan.ts";
import { RAISE_DEAD_BAND_A, RAISE_HOLD_MS } from "./timing.ts";

/** Where an EVSE should go, A per phase. */
export type Goal = { readonly observed: Observed; readonly currentA: number; readonly maxA: number };

/** What held a raise back: time since the last change, an unconfirmed current of others on a row, or an old meter on a row. */
export type Hold =
  | { readonly by: "time" }
  | { readonly by: "others"; readonly row: number }
  | { readonly by: "meter"; readonly row: number };

/** What an EVSE is told this cycle, and what keeps it from its goal. */
export type Release = { readonly observed: Observed; readonly currentA: number; readonly hold: Hold | null };

/** The rows as they are before any raise: headroom for EVSEs and what all of them may draw, A; whether raises are forbidden. */
export type RowState = {
  readonly headroomA: Float64Array;
  readonly accountedA: Float64Array;
  readonly isRaiseForbidden: Uint8Array;
};

/**
 * Turns goals into setpoints (R1, R3, R8): every reduction at once; raises only into room that is free even if everybody
 * draws all that is accounted to them, at the minimum first, and not before the hold is over. Takes raises from `rows`.
 */
export const release = (goals: readonly Goal[], rows: RowState, now: Instant): readonly Release[] => {
  const released = new Map<string, Release>();
  for (const goal of goals.toSorted(byNeed)) released.set(goal.observed.planned.evse.id, releaseOne(goal, rows, now));
  return goals.map(
    (goal) => released.get(goal.observed.planned.evse.id) ?? { observed: goal.observed, currentA: 0, hold: null },
  );
};

const byNeed = (a: Goal, b: Goal): number =>
  b.observed.planned.evse.priority - a.observed.planned.evse.priority ||
  a.observed.memory.setpointA - b.observed.memory.setpointA;

const releaseOne = (goal: Goal, rows: RowState, now: Instant): Release => {
  const { observed } = goal;
  const nowA = observed.memory.setpointA;
  if (goal.currentA <= nowA) return { observed, currentA: goal.currentA, hold: null };
  if (isHeld(goal, now)) return { observed, currentA: nowA, hold: { by: "time" } };
  const wantedA = nowA === 0 ? leastA(goal) : goal.currentA;
  const room = roomFor(goal, rows);
  if (room.meterRow >= 0) return { observed, currentA: nowA, hold: { by: "meter", row: room.meterRow } };
  const possibleA = floorToStep(Math.min(wantedA, room.currentA), observed.planned.evse.stepA);
  const nextA = isWorthIt(goal, possibleA) ? possibleA : nowA;
  if (nextA > nowA) take(goal, nextA, rows);
  return { observed, currentA: nextA, hold: holdOf(goal, nextA, room.row) };
};

const holdOf = (goal: Goal, nextA: number, row: number): Hold | null => {
  if (nextA >= goal.currentA - TOLERANCE_A) return null;
  return goal.observed.memory.setpointA === 0 && nextA > 0
    ? { by: "time" }
    : row >= 0
      ? { by: "others", row }
      : { by: "time" };
};

const isHeld = (goal: Goal, now: Instant): boolean => {
  const { changedAt, setpointA } = goal.observed.memory;
  return setpointA > 0 && changedAt !== null && elapsedMs(changedAt, now) < RAISE_HOLD_MS;
};

const isWorthIt = (goal: Goal, possibleA: number): boolean => {
  const { setpointA } = goal.observed.memory;
  if (setpointA === 0) return possibleA >= leastA(goal) - TOLERANCE_A;
  return (
    possibleA >= setpointA + RAISE_DEAD_BAND_A - TOLERANCE_A ||
    (possibleA > setpointA && possibleA >= goal.maxA - TOLERANCE_A)
  );
};

const leastA = ({ observed: { planned } }: Goal): number => ceilToStep(planned.evse.minA, planned.evse.stepA);

/** The current the EVSE could be raised to on its tightest row, counting what it is accounted for already; a power row bears all its phases. */
const roomFor = (
  goal: Goal,
  rows: RowState,
): { readonly currentA: number; readonly row: number; readonly meterRow: number } => {
  let currentA = Infinity;
  let row = -1;
  for (const { row: each, times, ownA } of burdensOf(goal)) {
    if (rows.isRaiseForbidden[each] === 1) return { currentA: 0, row: each, meterRow: each };
    const freeA = ((rows.headroomA[each] ?? 0) - (rows.accountedA[each] ?? 0) + ownA) / times;
    if (freeA < currentA) {
      currentA = freeA;
      row = each;
    }
  }
  return { currentA, row, meterRow: -1 };
};

/** A row that the EVSE loads, on how many of its phases, and what it is accounted for there already, A. */
type Burden = { readonly row: number; readonly times: number; readonly ownA: number };

const burdensOf = (goal: Goal): readonly Burden[] => {
  const burdens = new Map<number, Burden>();
  forEachEntry(goal, (row, ownA) => {
    const { times, ownA: soFarA } = burdens.get(row) ?? { times: 0, ownA: 0 };
    burdens.set(row, { row, times: times + 1, ownA: soFarA + ownA });
  });
  return [...burdens.values()];
};

const forEachEntry = ({ observed }: Goal, f: (row: number, ownA: number) => void): void => {
  const { planned, phaseMask, accountedA } = observed;
  planned.rowsByMask[phaseMask]?.forEach((row, entry) => f(row, accountedA[phaseOfEntry(phaseMask, entry)]));
};

const take = (goal: Goal, nextA: number, rows: RowState): void =>
  forEachEntry(goal, (row, ownA) => {
    rows.accountedA[row] = (rows.accountedA[row] ?? 0) + Math.max(0, nextA - ownA);
  });
