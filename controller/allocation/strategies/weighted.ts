import { turnOrder } from "../division/turns.ts";
import { PLAIN_WISH, type Strategy } from "./strategy.ts";

/** Everybody in proportion to the weight of the EVSE; where minimums do not all fit, turns. */
export const weighted: Strategy = {
  objective: "fair",
  wish: (claims, { now }) => {
    const turns = turnOrder(claims, now);
    return claims.map(({ weight }, index) => ({ ...PLAIN_WISH, ...turns[index], weight }));
  },
};
