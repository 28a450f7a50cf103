import { classesOf, classWorth } from "../division/priority.ts";
import { PLAIN_WISH, type Strategy } from "./strategy.ts";

/** The most energy at this moment, whoever gets it; higher classes first. */
export const mostEnergy: Strategy = {
  objective: "energy",
  isThorough: true,
  wish: (claims) => {
    const worth = classWorth(classesOf(claims));
    return claims.map((_, index) => ({ ...PLAIN_WISH, order: index, value: worth.get(index) ?? 1 }));
  },
};
