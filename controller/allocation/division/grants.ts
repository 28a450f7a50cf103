import type { Outlook, Strategy } from "../strategies/strategy.ts";
import type { Claim } from "./claims.ts";
import type { Grant } from "./grant.ts";
import { divideFairly } from "./fair.ts";
import { divideForEnergy } from "./energy/divide-for-energy.ts";
import { classesOf, oneByOne } from "./priority.ts";

/** How a site wants its headroom divided. */
export type DivisionRules = {
  readonly strategy: Strategy;
  /** What the strategy knows beside the claims and the headroom. */
  readonly outlook: Omit<Outlook, "headroomA">;
  /** Minimums of lower classes come before maximums of higher ones. */
  readonly guaranteeMinimums: boolean;
};

/** Divides the headroom among the claims, in their order, as the strategy wishes; spends `headroomA`, A per row. */
export const grantClaims = (
  claims: readonly Claim[],
  headroomA: Float64Array,
  { strategy, outlook, guaranteeMinimums }: DivisionRules,
): readonly Grant[] => {
  const wishes = strategy.wish(claims, { ...outlook, headroomA });
  if (strategy.objective === "energy")
    return divideForEnergy(claims, wishes, headroomA, {
      now: outlook.now,
      isThorough: strategy.isThorough === true,
      guaranteeMinimums,
    });
  const classes = strategy.objective === "ordered" ? oneByOne(claims, wishes) : classesOf(claims);
  return divideFairly(claims, wishes, headroomA, { classes, guaranteeMinimums });
};
