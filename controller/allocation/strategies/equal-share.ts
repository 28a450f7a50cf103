import { turnOrder } from "../division/turns.ts";
import type { Strategy } from "./strategy.ts";

/** Everybody the same current; where minimums do not all fit, turns. */
export const equalShare: Strategy = (claims, { now }) => {
  const order = turnOrder(claims, now);
  return claims.map((_, index) => ({ weight: 1, order: order[index] ?? index }));
};
