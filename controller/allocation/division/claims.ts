import type { Snapshot } from "../../model/snapshot.ts";
import { elapsedMs, type Instant } from "../../model/time.ts";
import type { Observed } from "../observation/accounted.ts";
import { IDLE_MS, idleProbeMs, PHASE_IN_USE_A, RESTART_HOLD_MS, RETURN_HOLD_MS, UNUSED_MS } from "../timing.ts";
import type { EvseMemory } from "../memory.ts";
import { UNKNOWN_NEED, type Need } from "../../model/need.ts";
import type { SteppedShare } from "./quantise.ts";
import { ceilToStep, floorToStep } from "./quantise.ts";

/** What an EVSE could use now: between its minimum and the least of its maximum and what its vehicle takes. */
export type Claim = SteppedShare & {
  readonly evse: string;
  readonly priority: number;
  /** When its vehicle was plugged in. */
  readonly arrivedAt: Instant;
  /** Power of 1 A on each phase it uses, W. */
  readonly wattsPerA: number;
  /** Its vehicle has taken nothing for long: it gets what all others leave. */
  readonly isIdle: boolean;
  readonly need: Need;
  readonly history: ClaimHistory;
};

/** How the EVSE was served so far. */
export type ClaimHistory = Pick<EvseMemory, "setpointA" | "servedSince" | "waitingSince" | "pauses" | "learned">;

/** Why an EVSE makes no claim. */
export type NoClaim = "resting" | "no-vehicle" | "silent" | "station-fault" | "disobeys";

/** A claim, or why there is none. */
export type ClaimOrReason = Claim | NoClaim | "emergency-stop";

/** What a claim is made from beside what was observed of its EVSE. */
export type ClaimScene = {
  readonly snapshot: Snapshot;
  readonly voltageV: number;
  /** How many devices are missing. */
  readonly missing: number;
};

/** The claim of an EVSE, or why it has none. */
export const claimOf = (observed: Observed, { snapshot, voltageV, missing }: ClaimScene): Claim | NoClaim => {
  const { at: now, needs } = snapshot;
  const { planned, memory } = observed;
  const none = whyNot(observed, now, missing);
  if (none !== null) return none;
  const { stepA } = planned.evse;
  const minA = ceilToStep(planned.evse.minA, stepA);
  const maxA = floorToStep(Math.min(planned.evse.maxA, memory.ceilingA ?? planned.evse.maxA), stepA);
  const phaseMask = planned.rowsByMask[observed.phaseMask] === undefined ? planned.wiredMask : observed.phaseMask;
  return {
    evse: planned.evse.id,
    priority: planned.evse.priority,
    weight: planned.evse.weight,
    arrivedAt: memory.pluggedSince ?? now,
    wattsPerA: voltageV * phaseCount(phaseMask),
    isIdle: isIdle(observed, now),
    need: needs.get(planned.evse.id) ?? UNKNOWN_NEED,
    history: memory,
    rows: planned.rowsByMask[phaseMask] ?? new Int32Array(),
    minA,
    maxA: Math.max(minA, maxA),
    stepA,
  };
};

const phaseCount = (mask: number): number => (mask & 1) + ((mask >> 1) & 1) + ((mask >> 2) & 1);

const whyNot = (observed: Observed, now: Instant, missing: number): NoClaim | null => {
  const { reading, isReachable, isDisobeying } = observed;
  if (!isReachable || reading === null) return "silent";
  if (isDisobeying) return "disobeys";
  if (reading.state === "A") return "no-vehicle";
  if (reading.state === "E" || reading.state === "F") return "station-fault";
  return isResting(observed.memory, now, missing) ? "resting" : null;
};

const isIdle = ({ memory, drawnA }: Observed, now: Instant): boolean =>
  memory.underSince !== null &&
  elapsedMs(memory.underSince, now) >= (memory.parkedTimes > 0 ? UNUSED_MS : IDLE_MS) &&
  drawnA !== null &&
  Math.max(...drawnA) < PHASE_IN_USE_A;

/** Paused not long ago, it does not start again yet and must not hold what others could use. */
const isResting = (memory: EvseMemory, now: Instant, missing: number): boolean => {
  const { changedAt, waitingSince, setpointA } = memory;
  const wasPaused = setpointA === 0 && changedAt !== null && waitingSince === changedAt;
  return wasPaused && elapsedMs(changedAt, now) < restMs(memory, missing);
};

/** The room that a missing device took comes back with it, and for good: the hold is for loads that come and go. */
const restMs = ({ parkedTimes, missingAtPause }: EvseMemory, missing: number): number => {
  if (parkedTimes > 0) return idleProbeMs(parkedTimes);
  return missing < missingAtPause ? RETURN_HOLD_MS : RESTART_HOLD_MS;
};
