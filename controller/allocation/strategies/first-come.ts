import { PLAIN_WISH, type Strategy } from "./strategy.ts";

/** Whoever came first takes all it can use; the next takes what is left. */
export const firstCome: Strategy = {
  objective: "ordered",
  wish: (claims) => claims.map(({ arrivedAt }) => ({ ...PLAIN_WISH, order: arrivedAt, mayYield: false })),
};
