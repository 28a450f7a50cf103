import { ceilToStep, floorToStep } from "../division/quantise.ts";
import { roomOn } from "../division/room.ts";
import type { Observed } from "../observation/accounted.ts";

/** What an EVSE would get if no other drew anything, A per phase on its step; 0 below its minimum. */
export const aloneA = (
  { planned, phaseMask }: Pick<Observed, "planned" | "phaseMask">,
  emptyA: Float64Array,
): number => {
  const { minA, maxA, stepA } = planned.evse;
  const rows = planned.rowsByMask[phaseMask] ?? new Int32Array();
  const mostA = floorToStep(Math.min(maxA, roomOn(rows, emptyA)), stepA);
  return mostA < ceilToStep(minA, stepA) ? 0 : mostA;
};
