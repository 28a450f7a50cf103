import type { Grant } from "../allocation/division/grant.ts";
import { shadowPrices } from "../allocation/explanation/shadow-price.ts";
import { describeRow, type Plan } from "../allocation/plan.ts";
import { PHASES, type Phase } from "../model/phase.ts";
import type { Divided } from "./divide-case.ts";

/** What bound a vehicle: the circuit and phase that had no more room. */
export type Bound = {
  readonly circuit: string;
  readonly phase: Phase | null;
  readonly source: "circuit";
  readonly text: string;
};

/** The answer to a case: A per phase of each vehicle that was given any, and why the others have less than they could use. */
export type CaseResult = {
  readonly id: string;
  readonly strategy: string;
  readonly setpointsA: Readonly<Record<string, number>>;
  readonly limitedBy: Readonly<Record<string, Bound>>;
  readonly circuits: Readonly<Record<string, CircuitResult>>;
};

/** What is left on a circuit, A per phase, and what one more ampere there would bring, W. */
export type CircuitResult = {
  readonly headroomA: Readonly<Record<Phase, number>>;
  readonly shadowPrice: Readonly<Record<Phase, number>>;
};

/** The answer as it is printed. */
export const toCaseResult = (plan: Plan, divided: Divided, id: string, strategy: string): CaseResult => ({
  id,
  strategy,
  setpointsA: setpointsOf(divided),
  limitedBy: Object.fromEntries(
    divided.grants.filter(({ boundBy }) => boundBy >= 0).map((grant) => [grant.claim.evse, boundOf(plan, grant)]),
  ),
  circuits: circuitsOf(plan, divided),
});

/** A per phase of each vehicle that was given any. */
export const setpointsOf = ({ grants }: Divided): Readonly<Record<string, number>> =>
  Object.fromEntries(
    grants.filter(({ currentA }) => currentA > 0).map(({ claim, currentA }) => [claim.evse, currentA]),
  );

const boundOf = (plan: Plan, { boundBy, currentA, isAdmitted, claim }: Grant): Bound => {
  const { circuit, phase } = describeRow(plan, boundBy);
  const where = `${phase ?? "the power"} of ${circuit.id}`;
  const text = isAdmitted
    ? `${currentA} A of ${claim.maxA} A: ${where} has no more room`
    : `waits: the ${claim.minA} A it needs at least do not fit on ${where}`;
  return { circuit: circuit.id, phase, source: "circuit", text };
};

const circuitsOf = (plan: Plan, { grants, headroomA, leftA }: Divided): CaseResult["circuits"] => {
  const price = shadowPrices(grants, headroomA);
  const perPhase = (values: Float64Array, index: number): Record<Phase, number> => {
    const [L1, L2, L3] = PHASES.map((_, i) => round(values[index * 3 + i] ?? 0));
    return { L1: L1 ?? 0, L2: L2 ?? 0, L3: L3 ?? 0 };
  };
  return Object.fromEntries(
    plan.site.circuits.map(({ id }, index) => [
      id,
      { headroomA: perPhase(leftA, index), shadowPrice: perPhase(price, index) },
    ]),
  );
};

const round = (value: number): number => Math.round(value * 1e4) / 1e4;
