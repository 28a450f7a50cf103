import { PHASES, type Phase } from "../../model/phase.ts";
import type { Draft } from "../draft.ts";
import type { CircuitFallback } from "../fallback-proof.ts";
import { formatAmps } from "../phase-amps.ts";
import { dubious, type Finding, type Path, wrong } from "../problem.ts";

const NAMED = 6;

const nameSome = (ids: readonly string[]): string =>
  ids.length <= NAMED ? ids.join(", ") : `${ids.slice(0, NAMED).join(", ")} and ${ids.length - NAMED} more`;

const worstPhase = (proof: CircuitFallback): { readonly phase: Phase; readonly index: 0 | 1 | 2 } => {
  const index = ([0, 1, 2] as const).find((i) => proof.phaseStates[i] === proof.state) ?? 0;
  return { phase: PHASES[index] ?? "L1", index };
};

const disproven = (path: Path, proof: CircuitFallback): Finding => {
  const { phase, index } = worstPhase(proof);
  const sumA = proof.declaredSumA[index];
  const loadA = proof.worstLoadA[index];
  return wrong(
    path,
    `the fallback of "${proof.circuit}" does not hold: when the stations hear nothing, failsafe currents of ${nameSome(proof.evses)} (${formatAmps(sumA)}) and building load (${formatAmps(loadA)}) on ${phase} exceed the limit of ${formatAmps(proof.limitA[index])}`,
    "lower failsafeA of these stations (0 pauses them), or correct worstLoadA or limitA",
  );
};

const LAST_RESORT = "or, if the protective device may trip in that case, write acceptUnproven: true";

const unprovenReason = (proof: CircuitFallback): { readonly why: string; readonly remedy: string } => {
  const { phase, index } = worstPhase(proof);
  const [sumA, loadA, limitA] = [proof.sumA[index], proof.worstLoadA[index], proof.limitA[index]];
  const over = `the building load (${formatAmps(loadA)}) more than the limit of ${formatAmps(limitA)} on ${phase}`;
  if (sumA + loadA > limitA + 1e-9)
    return {
      why: `${nameSome(proof.unprovenEvses)} without a proven failsafe count at their rating, so all can draw ${formatAmps(sumA)}, with ${over}`,
      remedy: `give the stations a failsafe current or a lower rating, ${LAST_RESORT}`,
    };
  return {
    why: `after a power cut, before we reach them, ${nameSome(proof.evses)} may draw ${formatAmps(proof.powerOnSumA[index])}, with ${over}`,
    remedy: `set a lower rating in the stations, or use ones that start paused, ${LAST_RESORT}`,
  };
};

const unproven = (path: Path, proof: CircuitFallback, isAccepted: boolean): Finding => {
  const { why, remedy } = unprovenReason(proof);
  const what = `the fallback of "${proof.circuit}" is not proven: ${why}`;
  if (isAccepted)
    return dubious([...path, "acceptUnproven"], what, "accepted by the installer; it stays shown as unproven");
  return wrong(path, what, remedy);
};

/** What the fallback proof has to say about each circuit. */
export const fallbackFindings = (draft: Draft, proofs: readonly CircuitFallback[]): readonly Finding[] =>
  proofs.flatMap((proof) => {
    const entry = draft.circuits.find((c) => c.value.id === proof.circuit);
    if (entry === undefined || proof.state === "proven") return [];
    return [
      proof.state === "disproven"
        ? disproven(entry.path, proof)
        : unproven(entry.path, proof, entry.value.acceptUnproven),
    ];
  });
