import { elapsedMs, type Instant } from "../../model/time.ts";
import type { Observed } from "../observation/accounted.ts";
import { IDLE_MS, IDLE_PROBE_MS, PHASE_IN_USE_A, RESTART_HOLD_MS, UNUSED_MS } from "../timing.ts";
import type { SteppedShare } from "./quantise.ts";
import { ceilToStep, floorToStep } from "./quantise.ts";

/** What an EVSE could use now: between its minimum and the least of its maximum and what its vehicle takes. */
export type Claim = Omit<SteppedShare, "weight"> & {
  readonly observed: Observed;
  /** Its vehicle has taken nothing for long: it gets what all others leave. */
  readonly isIdle: boolean;
};

/** Why an EVSE makes no claim. */
export type NoClaim = "resting" | "no-vehicle" | "silent" | "station-fault" | "disobeys";

/** A claim, or why there is none. */
export type ClaimOrReason = Claim | NoClaim | "emergency-stop";

/** The claim of an EVSE, or why it has none. */
export const claimOf = (observed: Observed, now: Instant): Claim | NoClaim => {
  const { planned, memory } = observed;
  const none = whyNot(observed, now);
  if (none !== null) return none;
  const { stepA } = planned.evse;
  const minA = ceilToStep(planned.evse.minA, stepA);
  const maxA = floorToStep(Math.min(planned.evse.maxA, memory.ceilingA ?? planned.evse.maxA), stepA);
  const rows = planned.rowsByMask[observed.phaseMask] ?? planned.rowsByMask[planned.wiredMask];
  return {
    observed,
    isIdle: isIdle(observed, now),
    rows: rows ?? new Int32Array(),
    minA,
    maxA: Math.max(minA, maxA),
    stepA,
  };
};

const whyNot = (observed: Observed, now: Instant): NoClaim | null => {
  const { reading, isReachable, isDisobeying } = observed;
  if (!isReachable || reading === null) return "silent";
  if (isDisobeying) return "disobeys";
  if (reading.state === "A") return "no-vehicle";
  if (reading.state === "E" || reading.state === "F") return "station-fault";
  return isResting(observed, now) ? "resting" : null;
};

const isIdle = ({ memory, drawnA }: Observed, now: Instant): boolean =>
  memory.underSince !== null &&
  elapsedMs(memory.underSince, now) >= (memory.isParked ? UNUSED_MS : IDLE_MS) &&
  drawnA !== null &&
  Math.max(...drawnA) < PHASE_IN_USE_A;

/** Paused not long ago, it does not start again yet and must not hold what others could use. */
const isResting = ({ memory }: Observed, now: Instant): boolean => {
  const { changedAt, waitingSince, setpointA, isParked } = memory;
  const wasPaused = setpointA === 0 && changedAt !== null && waitingSince === changedAt;
  return wasPaused && elapsedMs(changedAt, now) < (isParked ? IDLE_PROBE_MS : RESTART_HOLD_MS);
};
