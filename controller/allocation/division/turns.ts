import { elapsedMs, type Instant } from "../../model/time.ts";
import type { Claim } from "./claims.ts";
import { TURN_MS } from "../timing.ts";

/**
 * The place of each claim when not all minimums fit: those whose turn runs, then the longest waiting, then those whose turn
 * is over. Somebody whose turn is over waits from then on, so nobody starves (R7).
 */
export const turnOrder = (claims: readonly Claim[], now: Instant): readonly number[] => {
  const sorted = claims
    .map((claim, index) => ({ index, ...rankOf(claim, now) }))
    .toSorted((a, b) => a.rank - b.rank || a.since - b.since || a.index - b.index);
  const order = new Array<number>(claims.length);
  sorted.forEach(({ index }, place) => {
    order[index] = place;
  });
  return order;
};

const rankOf = ({ observed }: Claim, now: Instant): { readonly rank: number; readonly since: number } => {
  const { servedSince, waitingSince } = observed.memory;
  if (servedSince === null) return { rank: 1, since: waitingSince ?? now };
  return { rank: elapsedMs(servedSince, now) < TURN_MS ? 0 : 2, since: servedSince };
};
