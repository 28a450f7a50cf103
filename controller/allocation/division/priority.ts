import type { Claim } from "./claims.ts";

/** Strict classes of claims, highest first, each as indices into the claims; idle vehicles are served after all others. */
export const classesOf = (claims: readonly Claim[]): readonly (readonly number[])[] =>
  [...Map.groupBy(claims.keys(), (index) => classOf(claims[index]))]
    .toSorted((a, b) => b[0] - a[0])
    .map(([, members]) => members);

const classOf = (claim: Claim | undefined): number =>
  claim === undefined || claim.isIdle ? -Infinity : claim.priority;

/** What an ampere for a class is worth, compared with one for the class below: more than any it could displace. */
const CLASS_FACTOR = 8;

/** What an ampere of each claim is worth for its class alone, by its place in the claims; 1 in the lowest class. */
export const classWorth = (classes: readonly (readonly number[])[]): ReadonlyMap<number, number> =>
  new Map(
    classes.flatMap((members, place) =>
      members.map((index) => [index, CLASS_FACTOR ** (classes.length - 1 - place)] as const),
    ),
  );

/** The classes with every claim one of its own, in the order of the wishes. */
export const oneByOne = (
  claims: readonly Claim[],
  wishes: readonly { readonly order: number }[],
): readonly (readonly number[])[] =>
  classesOf(claims).flatMap((members) =>
    members.toSorted((a, b) => (wishes[a]?.order ?? 0) - (wishes[b]?.order ?? 0)).map((index) => [index]),
  );
