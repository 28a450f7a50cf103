import { PLAIN_WISH, type Strategy } from "#controller/allocation/strategies/strategy.ts";

/** Whoever leaves first takes all it can use; who did not say when comes last. */
export const soonestFirst: Strategy = {
  objective: "ordered",
  wish: (claims) =>
    claims.map(({ need }) => ({ ...PLAIN_WISH, order: need.departsAt ?? Number.MAX_SAFE_INTEGER, mayYield: false })),
};
