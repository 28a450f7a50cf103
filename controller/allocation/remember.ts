import type { Instant } from "../model/time.ts";
import { elapsedMs } from "../model/time.ts";
import type { VehicleState } from "../model/reading.ts";
import type { Observed } from "./observation/accounted.ts";
import type { ClaimOrReason } from "./division/claims.ts";
import { learn } from "./learn.ts";
import type { EvseMemory } from "./memory.ts";
import type { Release } from "./release.ts";
import { ASK_AGAIN_MS, ASK_FOR_MS, PHASE_IN_USE_A, UNUSED_MS, UNUSED_STEP_A } from "./timing.ts";

/** The memory of every EVSE after this cycle's setpoints. */
export const remember = (
  released: readonly Release[],
  claims: readonly ClaimOrReason[],
  moment: Moment,
): ReadonlyMap<string, EvseMemory> =>
  new Map(released.map((each, i) => [each.observed.planned.evse.id, rememberOne(each, claims[i], moment)]));

/** When a cycle was, and how many devices were missing then. */
type Moment = { readonly now: Instant; readonly missing: number };

const rememberOne = (released: Release, claim: ClaimOrReason | undefined, { now, missing }: Moment): EvseMemory => {
  const isWanting = typeof claim === "object" || claim === "resting";
  const isIdle = typeof claim === "object" && claim.isIdle;
  const { observed, currentA } = released;
  const { memory } = observed;
  const isChanged = currentA !== memory.setpointA;
  return {
    ...memory,
    ...liftCeiling(judgeUse(observed, currentA), memory, now),
    learned: learn(observed, now),
    setpointA: currentA,
    changedAt: isChanged ? now : memory.changedAt,
    boundA: memory.boundA === null ? null : Math.max(memory.boundA, currentA),
    pluggedSince: pluggedSo(memory, observed.reading?.state, now),
    missingAtPause: isChanged ? missing : memory.missingAtPause,
    pauses: pausesSo(memory, currentA, observed.reading?.state),
    parkedTimes: isWanting ? parkedTimes(released, isIdle) : 0,
    ...turnTimes(memory, currentA > 0, isWanting, now),
  };
};

const pluggedSo = ({ pluggedSince }: EvseMemory, state: VehicleState | undefined, now: Instant): Instant | null =>
  state === "A" ? null : (pluggedSince ?? (state === undefined ? null : now));

const pausesSo = (memory: EvseMemory, currentA: number, state: VehicleState | undefined): number => {
  if (state === "A") return 0;
  return memory.pauses + (memory.setpointA > 0 && currentA === 0 ? 1 : 0);
};

type Use = Pick<EvseMemory, "underSince" | "ceilingA">;

/** A vehicle that draws clearly less than offered keeps its draw and a step; one that uses all is asked again for more. */
const judgeUse = (observed: Observed, currentA: number): Use => {
  const { memory, drawnA, reading } = observed;
  if (drawnA === null || reading === null || reading.state === "A" || currentA === 0)
    return { underSince: null, ceilingA: null };
  const usedA = Math.max(...drawnA);
  if (usedA > memory.setpointA - 1) return { underSince: null, ceilingA: null };
  if (usedA > memory.setpointA - UNUSED_STEP_A - 1) return { underSince: null, ceilingA: memory.ceilingA };
  const underSince = memory.underSince ?? reading.sampledAt;
  if (elapsedMs(underSince, reading.sampledAt) < UNUSED_MS) return { underSince, ceilingA: memory.ceilingA };
  return { underSince, ceilingA: Math.max(observed.planned.evse.minA, Math.ceil(usedA) + UNUSED_STEP_A) };
};

/** Now and then the ceiling is lifted for a while: some vehicles take less than offered, or nothing, until they are offered more. */
const liftCeiling = (use: Use, memory: EvseMemory, now: Instant): Use & Pick<EvseMemory, "ceilingSince"> => {
  if (use.ceilingA === null) return { ...use, ceilingSince: null };
  const ceilingSince = memory.ceilingSince ?? now;
  const heldMs = elapsedMs(ceilingSince, now);
  if (heldMs < ASK_AGAIN_MS) return { ...use, ceilingSince };
  return heldMs < ASK_AGAIN_MS + ASK_FOR_MS ? { ...use, ceilingA: null, ceilingSince } : { ...use, ceilingSince: now };
};

/** Once paused while it took nothing, a vehicle stays parked until it draws. */
const parkedTimes = ({ observed, currentA }: Release, isIdle: boolean): number => {
  if (observed.drawnA !== null && Math.max(...observed.drawnA) >= PHASE_IN_USE_A) return 0;
  const { parkedTimes: before, setpointA } = observed.memory;
  return currentA === 0 && setpointA > 0 && (isIdle || before > 0) ? before + 1 : before;
};

const turnTimes = (memory: EvseMemory, isServed: boolean, isWanting: boolean, now: Instant) => ({
  servedSince: isServed ? (memory.servedSince ?? now) : null,
  waitingSince: isWanting && !isServed ? (memory.waitingSince ?? now) : null,
});
