import { classesOf } from "../division/priority.ts";
import { PLAIN_WISH, type Strategy } from "./strategy.ts";

/** What an ampere for a class is worth, compared with one for the class below: more than any it could displace. */
const CLASS_FACTOR = 8;

/** The most energy at this moment, whoever gets it; higher classes first. */
export const mostEnergy: Strategy = {
  objective: "energy",
  isThorough: true,
  wish: (claims) => {
    const classes = classesOf(claims);
    const rank = new Map(classes.flatMap((members, place) => members.map((index) => [index, place] as const)));
    return claims.map((_, index) => ({
      ...PLAIN_WISH,
      order: index,
      value: CLASS_FACTOR ** (classes.length - 1 - (rank.get(index) ?? 0)),
    }));
  },
};
