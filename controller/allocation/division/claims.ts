import type { Observed } from "../observation/accounted.ts";
import type { SteppedShare } from "./quantise.ts";
import { ceilToStep, floorToStep } from "./quantise.ts";

/** What an EVSE could use now: between its minimum and the least of its maximum and what its vehicle takes. */
export type Claim = Omit<SteppedShare, "weight"> & { readonly observed: Observed };

/** Why an EVSE makes no claim. */
export type NoClaim = "no-vehicle" | "silent" | "station-fault" | "disobeys";

/** The claim of an EVSE, or why it has none. */
export const claimOf = (observed: Observed): Claim | NoClaim => {
  const { reading, planned, isReachable, isDisobeying, memory } = observed;
  if (!isReachable || reading === null) return "silent";
  if (isDisobeying) return "disobeys";
  if (reading.state === "A") return "no-vehicle";
  if (reading.state === "E" || reading.state === "F") return "station-fault";
  const { stepA } = planned.evse;
  const minA = ceilToStep(planned.evse.minA, stepA);
  const maxA = floorToStep(Math.min(planned.evse.maxA, memory.ceilingA ?? planned.evse.maxA), stepA);
  const rows = planned.rowsByMask[observed.phaseMask] ?? planned.rowsByMask[planned.wiredMask];
  return { observed, rows: rows ?? new Int32Array(), minA, maxA: Math.max(minA, maxA), stepA };
};
