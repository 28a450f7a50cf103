import type { Instant } from "../model/time.ts";
import { elapsedMs } from "../model/time.ts";
import type { Observed } from "./observation/accounted.ts";
import type { Claim, NoClaim } from "./division/claims.ts";
import type { EvseMemory } from "./memory.ts";
import type { Release } from "./release.ts";
import { PHASE_IN_USE_A, UNUSED_MS, UNUSED_STEP_A } from "./timing.ts";

/** The memory of every EVSE after this cycle's setpoints. */
export const remember = (
  released: readonly Release[],
  claims: readonly (Claim | NoClaim | "emergency-stop")[],
  now: Instant,
): ReadonlyMap<string, EvseMemory> =>
  new Map(released.map((each, i) => [each.observed.planned.evse.id, rememberOne(each, claims[i], now)]));

type ClaimOrNone = Claim | NoClaim | "emergency-stop" | undefined;

const rememberOne = ({ observed, currentA }: Release, claim: ClaimOrNone, now: Instant): EvseMemory => {
  const isWanting = typeof claim === "object" || claim === "resting";
  const isIdle = typeof claim === "object" && claim.isIdle;
  const isDrawing = observed.drawnA !== null && Math.max(...observed.drawnA) >= PHASE_IN_USE_A;
  const { memory } = observed;
  const isChanged = currentA !== memory.setpointA;
  return {
    ...memory,
    ...unused(observed, currentA, now),
    setpointA: currentA,
    changedAt: isChanged ? now : memory.changedAt,
    boundA: Math.max(observed.boundA, currentA),
    servedSince: currentA > 0 ? (memory.servedSince ?? now) : null,
    isParked: isWanting && !isDrawing && (memory.isParked || (currentA === 0 && isIdle)),
    waitingSince: isWanting && currentA === 0 ? (memory.waitingSince ?? now) : null,
  };
};

/** A vehicle that draws clearly less than offered keeps its draw and a step; one that uses all is asked again for more. */
const unused = (observed: Observed, currentA: number, now: Instant): Pick<EvseMemory, "underSince" | "ceilingA"> => {
  const { memory, drawnA, reading } = observed;
  if (drawnA === null || reading === null || reading.state === "A" || currentA === 0)
    return { underSince: null, ceilingA: null };
  const usedA = Math.max(...drawnA);
  if (usedA > memory.setpointA - 1) return { underSince: null, ceilingA: null };
  if (usedA > memory.setpointA - UNUSED_STEP_A - 1) return { underSince: null, ceilingA: memory.ceilingA };
  const underSince = memory.underSince ?? now;
  if (elapsedMs(underSince, now) < UNUSED_MS) return { underSince, ceilingA: memory.ceilingA };
  return { underSince, ceilingA: Math.max(observed.planned.evse.minA, Math.ceil(usedA) + UNUSED_STEP_A) };
};
