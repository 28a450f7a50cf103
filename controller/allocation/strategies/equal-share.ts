import { turnOrder } from "../division/turns.ts";
import { PLAIN_WISH, type Strategy } from "./strategy.ts";

/** Everybody the same current; where minimums do not all fit, turns. */
export const equalShare: Strategy = {
  objective: "fair",
  wish: (claims, { now }) => turnOrder(claims, now).map((turn) => ({ ...PLAIN_WISH, ...turn })),
};
