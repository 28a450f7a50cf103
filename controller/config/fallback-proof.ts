import { addPhases, mapPhases, onPhases, type PhaseVector, ZERO } from "../model/phase.ts";
import { type Circuit, type Evse, pathToRoot, type Site } from "../model/site.ts";

/** Whether a circuit stays below its limit when its stations hear nothing from us (R6). */
export type FallbackState = "proven" | "unproven" | "disproven";

/** The fallback proof of one circuit; all currents in A per phase. */
export type CircuitFallback = {
  readonly circuit: string;
  /** The worst of its phases. */
  readonly state: FallbackState;
  readonly phaseStates: readonly [FallbackState, FallbackState, FallbackState];
  /** Failsafe currents that are proven, ratings of all other EVSEs. */
  readonly sumA: PhaseVector;
  /** Failsafe currents as declared; EVSEs without one count as 0. */
  readonly declaredSumA: PhaseVector;
  readonly worstLoadA: PhaseVector;
  readonly limitA: PhaseVector;
  /** What its EVSEs may draw after a power cut and before first contact. */
  readonly powerOnSumA: PhaseVector;
  /** EVSEs below it. */
  readonly evses: readonly string[];
  /** EVSEs below it that count at their rating. */
  readonly unprovenEvses: readonly string[];
};

const SLACK_A = 1e-9;

const sumOf = (evses: readonly Evse[], currentA: (evse: Evse) => number): PhaseVector =>
  evses.reduce<PhaseVector>((sum, evse) => addPhases(sum, onPhases(evse.phases, currentA(evse))), ZERO);

const stateOfPhase = (proof: {
  declaredA: number;
  countedA: number;
  powerOnA: number;
  limitA: number;
}): FallbackState => {
  const limitA = proof.limitA + SLACK_A;
  if (proof.declaredA > limitA) return "disproven";
  return proof.countedA > limitA || proof.powerOnA > limitA ? "unproven" : "proven";
};

const worstState = (states: readonly FallbackState[]): FallbackState => {
  if (states.includes("disproven")) return "disproven";
  return states.includes("unproven") ? "unproven" : "proven";
};

const proveCircuit = (circuit: Circuit, evses: readonly Evse[], isProven: (evse: Evse) => boolean): CircuitFallback => {
  const sumA = sumOf(evses, (evse) => (isProven(evse) ? (evse.failsafeA ?? evse.maxA) : evse.maxA));
  const declaredSumA = sumOf(evses, (evse) => evse.failsafeA ?? 0);
  const powerOnSumA = sumOf(evses, (evse) => evse.powerOnA);
  const phaseState = (i: 0 | 1 | 2): FallbackState => {
    // A phase without any EVSE of ours cannot be overloaded by our silence.
    if (!evses.some((evse) => onPhases(evse.phases, 1)[i] > 0)) return "proven";
    const loadA = circuit.worstLoadA[i];
    return stateOfPhase({
      declaredA: declaredSumA[i] + loadA,
      countedA: sumA[i] + loadA,
      powerOnA: powerOnSumA[i] + loadA,
      limitA: circuit.sealedA[i],
    });
  };
  const phaseStates = [phaseState(0), phaseState(1), phaseState(2)] as const;
  return {
    circuit: circuit.id,
    state: worstState(phaseStates),
    phaseStates,
    sumA,
    declaredSumA,
    worstLoadA: mapPhases((i) => circuit.worstLoadA[i]),
    limitA: circuit.sealedA,
    powerOnSumA,
    evses: evses.map((evse) => evse.id),
    unprovenEvses: evses.filter((evse) => !isProven(evse)).map((evse) => evse.id),
  };
};

/**
 * The fallback proof of every circuit (R6). Disproven: the declared failsafe currents and the worst building load do not fit. Unproven: they
 * fit, but EVSEs without a proven failsafe, counted at their rating, do not, or the currents after a power cut do not.
 */
export const proveFallback = (site: Site, isFailsafeProven: (evse: string) => boolean): readonly CircuitFallback[] => {
  const circuits = new Map(site.circuits.map((circuit) => [circuit.id, circuit]));
  const below = new Map<string, Evse[]>(site.circuits.map((circuit) => [circuit.id, []]));
  for (const evse of site.evses)
    for (const circuit of pathToRoot(circuits, evse.circuit)) below.get(circuit.id)?.push(evse);
  const isProven = (evse: Evse): boolean => evse.failsafeA !== null && isFailsafeProven(evse.id);
  return site.circuits.map((circuit) => proveCircuit(circuit, below.get(circuit.id) ?? [], isProven));
};
