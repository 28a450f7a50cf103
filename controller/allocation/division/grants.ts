import { TOLERANCE_A, quantise } from "./quantise.ts";
import { admit } from "./admit.ts";
import type { Claim } from "./claims.ts";
import { divide } from "./divide.ts";
import type { Strategy } from "../strategies/strategy.ts";
import type { Instant } from "../../model/time.ts";

/** What a claim is given, A per phase, and the row that bound it; -1: its own maximum. */
export type Grant = {
  readonly claim: Claim;
  readonly currentA: number;
  readonly boundBy: number;
  readonly isAdmitted: boolean;
};

/** Divides the headroom among the claims, strict priority classes one after the other, idle vehicles last; spends `headroomA`, A per row. */
export const grantClaims = (
  claims: readonly Claim[],
  headroomA: Float64Array,
  strategy: Strategy,
  now: Instant,
): readonly Grant[] => classesOf(claims).flatMap((members) => grantClass(members, headroomA, strategy, now));

const classesOf = (claims: readonly Claim[]): readonly (readonly Claim[])[] =>
  [...Map.groupBy(claims, classOf)].toSorted((a, b) => b[0] - a[0]).map(([, members]) => members);

const classOf = ({ isIdle, observed }: Claim): number => (isIdle ? -1 : observed.planned.evse.priority);

const grantClass = (
  claims: readonly Claim[],
  headroomA: Float64Array,
  strategy: Strategy,
  now: Instant,
): readonly Grant[] => {
  const wishes = strategy(claims, { now });
  const order = claims.map((_, i) => i).toSorted((a, b) => (wishes[a]?.order ?? 0) - (wishes[b]?.order ?? 0));
  const shares = claims.map((claim, i) => ({ ...claim, weight: wishes[i]?.weight ?? 1 }));
  const admission = admit(shares, order, headroomA);
  const admitted = shares.filter((_, i) => admission.isAdmitted[i] === true);
  const division = divide(admitted, headroomA);
  const currentA = quantise(admitted, division, headroomA);
  let next = 0;
  return claims.map((claim, i) => {
    if (admission.isAdmitted[i] !== true)
      return { claim, currentA: 0, boundBy: admission.refusedBy[i] ?? -1, isAdmitted: false };
    const place = next++;
    const givenA = currentA[place] ?? 0;
    const boundBy = givenA >= claim.maxA - TOLERANCE_A ? -1 : (division.boundBy[place] ?? -1);
    return { claim, currentA: givenA, boundBy, isAdmitted: true };
  });
};
