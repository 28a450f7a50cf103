import { admit, type Admission } from "./admit.ts";
import type { Claim } from "./claims.ts";
import { divide } from "./divide.ts";
import type { Grant } from "./grant.ts";
import { mostA } from "./most.ts";
import { quantise, type SteppedShare } from "./quantise.ts";
import { TOLERANCE_A } from "./tolerance.ts";
import { takeRoom } from "./room.ts";
import type { Wish } from "../strategies/strategy.ts";

type Asked = SteppedShare & Pick<Wish, "order" | "mayYield">;

/**
 * Shares the headroom in proportion to the wishes' weights, the classes one after the other; with guaranteed minimums every
 * class is admitted before the first is given more. Grants in the order of the claims; spends `headroomA`, A per row.
 */
export const divideFairly = (
  claims: readonly Claim[],
  wishes: readonly Wish[],
  headroomA: Float64Array,
  rules: { readonly classes: readonly (readonly number[])[]; readonly guaranteeMinimums: boolean },
): readonly Grant[] => {
  const classes = rules.classes.map((members) => members.flatMap((index) => askedFor(claims, wishes, index)));
  const early = rules.guaranteeMinimums
    ? classes.map((asked) =>
        admit(
          asked.map(({ share }) => share),
          headroomA,
        ),
      )
    : null;
  const granted = new Map<Claim, Grant>();
  classes.forEach((asked, i) => {
    const shares = asked.map(({ share }) => share);
    const admission = early?.[i] ?? admit(shares, headroomA);
    const admitted = shares.filter((_, place) => admission.isAdmitted[place] === true);
    for (const { rows, minA } of admitted) takeRoom(rows, -minA, headroomA);
    const division = divide(admitted, headroomA);
    const currentA = quantise(admitted, division, headroomA);
    const given = { currentA, boundBy: division.boundBy };
    for (const grant of grantsOf(asked, admission, given)) granted.set(grant.claim, grant);
  });
  return claims.map((claim) => granted.get(claim) ?? { claim, currentA: 0, boundBy: -1, isAdmitted: false });
};

type AskedFor = { readonly claim: Claim; readonly share: Asked };

const askedFor = (claims: readonly Claim[], wishes: readonly Wish[], index: number): readonly AskedFor[] => {
  const claim = claims[index];
  const wish = wishes[index];
  if (claim === undefined || wish === undefined) return [];
  const maxA = mostA(claim, wish);
  const { rows, minA, stepA } = claim;
  const { weight, order, mayYield } = wish;
  return maxA === null ? [] : [{ claim, share: { rows, minA, maxA, stepA, weight, order, mayYield } }];
};

const grantsOf = (
  asked: readonly AskedFor[],
  { isAdmitted, refusedBy }: Admission,
  given: { readonly currentA: Float64Array; readonly boundBy: Int32Array },
): readonly Grant[] => {
  let next = 0;
  return asked.map(({ claim, share }, place) => {
    if (isAdmitted[place] !== true) return { claim, currentA: 0, boundBy: refusedBy[place] ?? -1, isAdmitted: false };
    const currentA = given.currentA[next] ?? 0;
    const boundBy = currentA >= share.maxA - TOLERANCE_A ? -1 : (given.boundBy[next] ?? -1);
    next += 1;
    return { claim, currentA, boundBy, isAdmitted: true };
  });
};
