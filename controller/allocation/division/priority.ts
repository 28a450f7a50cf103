import type { Claim } from "./claims.ts";

/** Strict classes of claims, highest first, each as indices into the claims; idle vehicles are served after all others. */
export const classesOf = (claims: readonly Claim[]): readonly (readonly number[])[] =>
  [...Map.groupBy(claims.keys(), (index) => classOf(claims[index]))]
    .toSorted((a, b) => b[0] - a[0])
    .map(([, members]) => members);

const classOf = (claim: Claim | undefined): number =>
  claim === undefined || claim.isIdle ? -Infinity : claim.priority;

/** The same with every claim a class of its own, in the order of the wishes. */
export const oneByOne = (
  claims: readonly Claim[],
  wishes: readonly { readonly order: number }[],
): readonly (readonly number[])[] =>
  classesOf(claims).flatMap((members) =>
    members.toSorted((a, b) => (wishes[a]?.order ?? 0) - (wishes[b]?.order ?? 0)).map((index) => [index]),
  );
