import type { PhaseVector } from "../model/phase.ts";
import type { Observed } from "./observation/accounted.ts";
import type { BuildingLoad, BuildingLoads } from "./observation/building-load.ts";
import { usable, type EffectiveLimit } from "./observation/limits.ts";
import { phaseOfEntry, powerRow, type Plan, type PlannedEvse } from "./plan.ts";
import type { RowState } from "./release.ts";

/** What rows are worked out from; limits and loads in the plan's order of circuits. */
export type RowScene = {
  readonly plan: Plan;
  readonly observed: readonly Observed[];
  readonly limits: readonly EffectiveLimit[];
  readonly loads: BuildingLoads;
};

/** Every row before any decision: headroom for EVSEs and what all of them may draw, A; whether raises are forbidden. */
export const rowStates = ({ plan, observed, limits, loads }: RowScene): RowState => {
  const headroomA = new Float64Array(plan.rowCount).fill(Infinity);
  const isRaiseForbidden = new Uint8Array(plan.rowCount);
  plan.site.circuits.forEach((circuit, index) => {
    const [limit, load] = [limits[index], loads.circuits[index]];
    const usableA = usable(circuit, limit);
    for (const i of [0, 1, 2] as const) {
      headroomA[index * 3 + i] = usableA[i] - (load?.peakA[i] ?? 0);
      isRaiseForbidden[index * 3 + i] = isKnown(load) ? 0 : 1;
    }
    headroomA[powerRow(plan, index)] = powerHeadroomA(limit, load, plan.site.nominalVoltageV);
  });
  forbidAboveOldMeters(plan, isRaiseForbidden);
  return { headroomA, accountedA: sumOnRows(plan, observed, ({ accountedA }) => accountedA), isRaiseForbidden };
};

const isKnown = (load: BuildingLoad | undefined): boolean =>
  load !== undefined && (load.meterState === null || load.meterState === "fresh");

/** What is left of the power of a circuit, in A summed over its phases; where only EVSEs are bounded the building does not count. */
const powerHeadroomA = (
  limit: EffectiveLimit | undefined,
  load: BuildingLoad | undefined,
  voltageV: number,
): number => {
  const [L1, L2, L3] = load?.peakA ?? [0, 0, 0];
  const all = (limit?.powerW ?? Infinity) / voltageV - (L1 + L2 + L3);
  return Math.min(all, (limit?.evPowerW ?? Infinity) / voltageV);
};

/** A circuit without a meter knows its load only from the meters below it: where one is old, it is no better. */
const forbidAboveOldMeters = (plan: Plan, isRaiseForbidden: Uint8Array): void => {
  for (let index = plan.site.circuits.length - 1; index > 0; index--) {
    const parent = plan.parentIndex[index] ?? -1;
    if (parent < 0 || plan.site.circuits[parent]?.meter !== null || isRaiseForbidden[index * 3] !== 1) continue;
    isRaiseForbidden.fill(1, parent * 3, parent * 3 + 3);
  }
};

/** A current of every EVSE, summed on each row. */
export const sumOnRows = (
  plan: Plan,
  observed: readonly Observed[],
  currentOf: (each: Observed) => PhaseVector,
): Float64Array => {
  const rowsA = new Float64Array(plan.rowCount);
  for (const each of observed) addOnRows(rowsA, each.planned, currentOf(each));
  return rowsA;
};

/** Adds a current of each phase to all rows that an EVSE can load, or takes it off. */
export const addOnRows = (rowsA: Float64Array, planned: PlannedEvse, currentA: PhaseVector, sign = 1): void => {
  planned.rowsByMask[ALL_PHASES]?.forEach((row, entry) => {
    rowsA[row] = (rowsA[row] ?? 0) + sign * currentA[phaseOfEntry(ALL_PHASES, entry)];
  });
};

const ALL_PHASES = 7;
