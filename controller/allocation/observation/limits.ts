import { limitInForce, type Limit, type LimitSource } from "../../model/limit.ts";
import { mapPhases, minPhases, ZERO, type PhaseVector } from "../../model/phase.ts";
import type { Circuit } from "../../model/site.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { Plan } from "../plan.ts";

/** The limit in force on a circuit: the lowest of all sources, in each respect, and whose it is (R5). */
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
  const own = snapshot.limits.filter((limit) => limit.circuit === circuit.id);
  const all = own.filter(({ scope }) => scope === "all");
  const evses = lowestPower(
    null,
    own.filter(({ scope }) => scope === "evses"),
    snapshot,
  );
  return {
    ...lowestCurrents(sealedNow(circuit, snapshot), all, snapshot),
    ...lowestPower(circuit.sealedPowerW, all, snapshot),
    evPowerW: evses.powerW,
    evPowerSource: evses.powerSource,
  };
};

/** The installer's limit as the site is fed now: from the grid, or from its generator. */
const sealedNow = ({ sealedA, generatorA }: Circuit, { isOnGenerator }: Snapshot): PhaseVector =>
  isOnGenerator && generatorA !== null ? minPhases(sealedA, generatorA) : sealedA;

const lowestCurrents = (sealedA: PhaseVector, limits: readonly Limit[], { at }: Snapshot) => {
  const source: [LimitSource, LimitSource, LimitSource] = ["sealed", "sealed", "sealed"];
  const limitA: [number, number, number] = [...sealedA];
  for (const limit of limits) {
    const inForceA = limitInForce(limit, at).limitA;
    for (const i of [0, 1, 2] as const) {
      if (inForceA === null || inForceA[i] >= limitA[i]) continue;
      limitA[i] = Math.max(0, inForceA[i]);
      source[i] = limit.source;
    }
  }
  return { limitA, source };
};

const lowestPower = (sealedW: number | null, limits: readonly Limit[], { at }: Snapshot) => {
  let powerW = sealedW;
  let powerSource: LimitSource = "sealed";
  for (const limit of limits) {
    const inForceW = limitInForce(limit, at).powerW;
    if (inForceW === null || (powerW !== null && inForceW >= powerW)) continue;
    powerW = Math.max(0, inForceW);
    powerSource = limit.source;
  }
  return { powerW, powerSource };
};

/** Limit less reserve, never below zero, A per phase. */
export const usable = (circuit: Circuit, limit: EffectiveLimit | undefined): PhaseVector =>
  limit === undefined ? ZERO : mapPhases((i) => Math.max(0, limit.limitA[i] - circuit.reserveA));
