import type { LimitSource } from "../model/limit.ts";
import { phaseIndex } from "../model/phase.ts";
import type { Reason } from "../model/setpoint.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { ClaimOrReason } from "./division/claims.ts";
import type { Observed } from "./observation/accounted.ts";
import type { Grant } from "./division/grant.ts";
import { TOLERANCE_A } from "./division/tolerance.ts";
import type { EffectiveLimit } from "./observation/limits.ts";
import type { Strategy } from "./strategies/strategy.ts";
import { describeRow, type Plan } from "./plan.ts";
import type { Hold, Release } from "./release.ts";

type Scene = {
  readonly plan: Plan;
  readonly limits: readonly EffectiveLimit[];
  readonly snapshot: Snapshot;
  /** Rows that gave something up for the balance of phases. */
  readonly loweredRows: ReadonlySet<number>;
  readonly strategy: Strategy;
};

/** Why an EVSE gets what it gets (R9): what bound it, with circuit, phase and source. */
export const reasonOf = (
  scene: Scene,
  released: Release,
  claim: ClaimOrReason | undefined,
  grant: Grant | undefined,
): Reason => {
  if (claim === "resting") return { code: released.observed.memory.parkedTimes > 0 ? "uses-less" : "ramping" };
  if (typeof claim === "string") return { code: claim };
  if (claim === undefined || grant === undefined) return { code: "starting" };
  return released.hold === null ? boundReason(scene, grant, released.observed) : holdReason(scene, released.hold);
};

const holdReason = (scene: Scene, hold: Hold): Reason => {
  switch (hold.by) {
    case "time":
      return { code: "ramping" };
    case "meter":
      return { code: "meter-old", circuit: describeRow(scene.plan, hold.row).circuit.id };
    case "others":
      return { code: "waiting-others", ...place(scene, hold.row) };
  }
};

const boundReason = (scene: Scene, grant: Grant, { planned }: Observed): Reason => {
  const { claim, currentA, isAdmitted, boundBy } = grant;
  const { holdsBack } = scene.strategy;
  if (holdsBack !== undefined && boundBy < 0 && currentA < claim.maxA - TOLERANCE_A) return { code: holdsBack };
  if (!isAdmitted) return { code: "waiting-turn", ...place(scene, boundBy) };
  if (scene.loweredRows.has(boundBy)) return { code: "phase-balance", ...place(scene, boundBy) };
  if (boundBy >= 0) return { code: "circuit-limit", ...place(scene, boundBy), source: sourceOf(scene, boundBy) };
  return claim.maxA < planned.evse.maxA ? { code: "uses-less" } : { code: "full-current" };
};

const place = (scene: Scene, row: number) => {
  const { circuit, phase } = describeRow(scene.plan, row);
  return { circuit: circuit.id, phase };
};

const sourceOf = ({ plan, limits }: Scene, row: number): LimitSource => {
  const { circuit, phase } = describeRow(plan, row);
  const limit = limits[plan.circuitIndex.get(circuit.id) ?? -1];
  if (limit === undefined) return "sealed";
  if (phase !== null) return limit.source[phaseIndex(phase)];
  const isOfEvses = (limit.evPowerW ?? Infinity) < (limit.powerW ?? Infinity);
  return isOfEvses ? limit.evPowerSource : limit.powerSource;
};
