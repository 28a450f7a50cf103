import { limitInForce, type LimitSource } from "../../model/limit.ts";
import { mapPhases, ZERO, type PhaseVector } from "../../model/phase.ts";
import type { Circuit } from "../../model/site.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { Plan } from "../plan.ts";

/** The limit in force on a circuit: the lowest of all sources, phase by phase, and whose it is (R5). */
export type EffectiveLimit = {
  readonly limitA: PhaseVector;
  readonly source: readonly [LimitSource, LimitSource, LimitSource];
  /** Power of everything on the circuit, all phases together, W; null: not bounded. */
  readonly powerW: number | null;
  /** Whose that is; sealed where it is not bounded. */
  readonly powerSource: LimitSource;
  /** Power of the EVSEs behind the circuit alone, all phases together, W; null: not bounded. */
  readonly evPowerW: number | null;
  /** Whose that is; sealed where it is not bounded. */
  readonly evPowerSource: LimitSource;
};

/** The limits in force, in the plan's order of circuits; nothing exceeds the sealed limit. */
export const effectiveLimits = (plan: Plan, snapshot: Snapshot): readonly EffectiveLimit[] =>
  plan.site.circuits.map((circuit) => lowest(circuit, snapshot));

const lowest = (circuit: Circuit, snapshot: Snapshot): EffectiveLimit => {
  const source: [LimitSource, LimitSource, LimitSource] = ["sealed", "sealed", "sealed"];
  const limitA: [number, number, number] = [...circuit.sealedA];
  for (const limit of snapshot.limits) {
    if (limit.circuit !== circuit.id) continue;
    const inForceA = limitInForce(limit, snapshot.at);
    for (const i of [0, 1, 2] as const) {
      if (inForceA[i] >= limitA[i]) continue;
      limitA[i] = Math.max(0, inForceA[i]);
      source[i] = limit.source;
    }
  }
  return { limitA, source, powerW: null, powerSource: "sealed", evPowerW: null, evPowerSource: "sealed" };
};

/** Limit less reserve, never below zero, A per phase. */
export const usable = (circuit: Circuit, limit: EffectiveLimit | undefined): PhaseVector =>
  limit === undefined ? ZERO : mapPhases((i) => Math.max(0, limit.limitA[i] - circuit.reserveA));
