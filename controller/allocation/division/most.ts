import type { Wish } from "../strategies/strategy.ts";
import type { Claim } from "./claims.ts";
import { floorToStep } from "./quantise.ts";

/** The most that a claim is given, A: its maximum or the strategy's ceiling; null: less than its minimum, so nothing. */
export const mostA = ({ minA, maxA, stepA }: Claim, { ceilingA }: Wish): number | null => {
  const currentA = Math.min(maxA, floorToStep(ceilingA, stepA));
  return currentA < minA ? null : currentA;
};
