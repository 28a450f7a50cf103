import { elapsedMs, type Instant } from "../../model/time.ts";
import type { Claim } from "./claims.ts";
import { TURN_MS } from "../timing.ts";

/** The place of a claim when not all minimums fit, and whether others may be served in its place. */
export type Turn = { readonly order: number; readonly mayYield: boolean };

/**
 * The turn of each claim when not all minimums fit: those whose turn runs, then the longest waiting, then those whose turn
 * is over, the longest served last. Somebody whose turn is over waits from then on, and whoever waited a whole turn yields to
 * nobody, so nobody starves (R7).
 */
export const turnOrder = (claims: readonly Claim[], now: Instant): readonly Turn[] => {
  const ranked = claims.map((claim, index) => ({ index, ...rankOf(claim, now) }));
  const turns = ranked.map(({ mayYield }): Turn => ({ order: 0, mayYield }));
  ranked
    .toSorted((a, b) => a.rank - b.rank || a.since - b.since || a.index - b.index)
    .forEach(({ index, mayYield }, order) => {
      turns[index] = { order, mayYield };
    });
  return turns;
};

type Rank = { readonly rank: number; readonly since: number; readonly mayYield: boolean };

const rankOf = ({ history }: Claim, now: Instant): Rank => {
  const { servedSince, waitingSince } = history;
  if (servedSince === null) {
    const since = waitingSince ?? now;
    return { rank: 1, since, mayYield: elapsedMs(since, now) < TURN_MS };
  }
  const isRunning = elapsedMs(servedSince, now) < TURN_MS;
  return {
    rank: isRunning ? 0 : 2,
    since: isRunning ? servedSince : elapsedMs(servedSince, now),
    mayYield: !isRunning,
  };
};
