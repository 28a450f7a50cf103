import type { Wish } from "../../strategies/strategy.ts";
import { elapsedMs, type Instant } from "../../../model/time.ts";
import { LEAST_ON_MS, MOST_PAUSES } from "../../timing.ts";
import type { Claim } from "../claims.ts";
import type { Grant } from "../grant.ts";
import { mostA } from "../most.ts";
import { floorToStep } from "../quantise.ts";
import { lackingRow, takeRoom } from "../room.ts";
import { improve } from "./served-search.ts";
import { solvePacking } from "./simplex.ts";
import { TOLERANCE_A } from "../tolerance.ts";

/** A running vehicle counts this much more than one that would have to be started. */
const STAY_BONUS = 0.1;
/** An ampere that a vehicle holds now, compared with one that would go to another: no change for next to nothing. */
const KEEP_FACTOR = 1.03;
/** The part of its minimum that the best division without minimums must give a vehicle for it to be started, or to stay. */
const START_SHARE = 0.7;
const STAY_SHARE = 0.3;

/** A claim with what it is worth, up to what it may have, A. */
type Bid = { readonly claim: Claim; readonly wish: Wish; readonly maxA: number; readonly isOn: boolean };

/** What every bid has so far, A per phase, in the order of the bids, and the room that is left, A per row. */
type Spending = { readonly currentA: Float64Array; readonly roomA: Float64Array };

type EnergyRules = { readonly now: Instant; readonly isThorough: boolean; readonly guaranteeMinimums: boolean };

/**
 * Spends the headroom where it is worth most: a division without minimums says who should run, those who run well are kept,
 * then the room is spent exactly among the served. Running vehicles are not paused more than a few times for the sake of
 * others (R7). Where asked for, other choices of who is served are tried; with guaranteed minimums everybody is served whose
 * minimum fits, highest priority first. Grants in the order of the claims; spends `headroomA`, A per row.
 */
export const divideForEnergy = (
  claims: readonly Claim[],
  wishes: readonly Wish[],
  headroomA: Float64Array,
  rules: EnergyRules,
): readonly Grant[] => {
  const bids = claims.flatMap((claim, i) => bidOf(claim, wishes[i]));
  const ranks = ranksOf(bids, headroomA, rules);
  const chosen = choose(bids, ranks, headroomA);
  const spending = rules.isThorough && !rules.guaranteeMinimums ? searchOn(bids, ranks, headroomA, chosen) : chosen;
  headroomA.set(spending.roomA);
  const granted = new Map(bids.map((bid, i) => [bid.claim, grantOf(bid, spending.currentA[i] ?? 0, spending.roomA)]));
  return claims.map((claim) => granted.get(claim) ?? { claim, currentA: 0, boundBy: -1, isAdmitted: false });
};

const bidOf = (claim: Claim, wish: Wish | undefined): readonly Bid[] => {
  if (wish === undefined) return [];
  const maxA = mostA(claim, wish);
  return maxA === null ? [] : [{ claim, wish, maxA, isOn: claim.history.setpointA > 0 }];
};

const grantOf = ({ claim, maxA }: Bid, currentA: number, roomA: Float64Array): Grant => {
  const isAdmitted = currentA > 0;
  const isFull = currentA >= maxA - TOLERANCE_A;
  const boundBy = isFull ? -1 : (lackingRow(claim.rows, isAdmitted ? claim.stepA : claim.minA, roomA) ?? -1);
  return { claim, currentA, boundBy, isAdmitted };
};

/** 0: it must not be paused now; 1: it should run; 2: it may take what is left. */
type Rank = { readonly index: number; readonly rank: 0 | 1 | 2; readonly wishedA: number };

const ranksOf = (bids: readonly Bid[], headroomA: Float64Array, rules: EnergyRules): readonly Rank[] => {
  const wishedA = spend(bids, new Float64Array(bids.length), headroomA, { stayBonus: STAY_BONUS, keepFactor: 1 });
  const priorityOf = ({ index }: Rank): number => bids[index]?.claim.priority ?? 0;
  const byPriority = (a: Rank, b: Rank): number => (rules.guaranteeMinimums ? priorityOf(b) - priorityOf(a) : 0);
  return bids
    .map((bid, index): Rank => ({ index, rank: rankOf(bid, wishedA[index] ?? 0, rules), wishedA: wishedA[index] ?? 0 }))
    .toSorted((a, b) => a.rank - b.rank || byPriority(a, b) || preference(bids, a, b));
};

const rankOf = ({ claim, isOn }: Bid, wishedA: number, { now, guaranteeMinimums }: EnergyRules): Rank["rank"] => {
  if (claim.isIdle) return 2;
  const { servedSince, pauses } = claim.history;
  if (isOn && (pauses >= MOST_PAUSES || (servedSince !== null && elapsedMs(servedSince, now) < LEAST_ON_MS))) return 0;
  return guaranteeMinimums || wishedA >= claim.minA * (isOn ? STAY_SHARE : START_SHARE) ? 1 : 2;
};

const preference = (bids: readonly Bid[], a: Rank, b: Rank): number => {
  const [bidA, bidB] = [bids[a.index], bids[b.index]];
  if (bidA === undefined || bidB === undefined) return 0;
  return (
    Number(bidB.isOn) - Number(bidA.isOn) ||
    b.wishedA - a.wishedA ||
    bidB.wish.value - bidA.wish.value ||
    bidA.wish.order - bidB.wish.order
  );
};

/** First those that should run get all that is worth it, then others start where their minimum still fits. */
const choose = (bids: readonly Bid[], ranks: readonly Rank[], headroomA: Float64Array): Spending => {
  const spending = { currentA: new Float64Array(bids.length), roomA: Float64Array.from(headroomA) };
  for (const { index, rank } of ranks) if (rank < 2) admit(bids, index, spending);
  raise(bids, spending);
  for (const { index } of ranks) admit(bids, index, spending);
  raise(bids, spending);
  fillSteps(bids, spending);
  return spending;
};

const admit = (bids: readonly Bid[], index: number, { currentA, roomA }: Spending): boolean => {
  const claim = bids[index]?.claim;
  if (claim === undefined || (currentA[index] ?? 0) > 0) return true;
  if (lackingRow(claim.rows, claim.minA, roomA) !== undefined) return false;
  currentA[index] = claim.minA;
  takeRoom(claim.rows, claim.minA, roomA);
  return true;
};

const raise = (bids: readonly Bid[], spending: Spending): void => {
  const served = bids
    .keys()
    .filter((index) => (spending.currentA[index] ?? 0) > 0)
    .toArray();
  const members = served.flatMap((index) => bids[index] ?? []);
  const given = spend(
    members,
    Float64Array.from(served, (index) => spending.currentA[index] ?? 0),
    spending.roomA,
    { stayBonus: 0, keepFactor: KEEP_FACTOR },
  );
  served.forEach((index, i) => add(bids, index, given[i] ?? 0, spending));
};

const add = (bids: readonly Bid[], index: number, byA: number, { currentA, roomA }: Spending): void => {
  const claim = bids[index]?.claim;
  if (claim === undefined) return;
  const beforeA = currentA[index] ?? 0;
  currentA[index] = floorToStep(beforeA + byA, claim.stepA);
  takeRoom(claim.rows, (currentA[index] ?? 0) - beforeA, roomA);
};

/** The most valuable use of the room above what the bids have, A each: what they need in any case, what they hold now, the rest. */
const spend = (
  bids: readonly Bid[],
  fromA: Float64Array,
  roomA: Float64Array,
  { stayBonus, keepFactor }: { readonly stayBonus: number; readonly keepFactor: number },
): Float64Array => {
  const partsOf = (bid: Bid, hasA: number): readonly Part[] => {
    const { claim, wish, maxA, isOn } = bid;
    const neededA = Math.max(0, Math.min(wish.floorA, maxA) - hasA);
    const keptA = Math.max(0, Math.min(claim.history.setpointA, maxA) - hasA - neededA);
    const bonus = isOn ? stayBonus : 0;
    return [
      { upper: neededA, value: claim.wattsPerA * (wish.floorValue + bonus) },
      { upper: keptA, value: claim.wattsPerA * (wish.value * keepFactor + bonus) },
      { upper: Math.max(0, maxA - hasA - neededA - keptA), value: claim.wattsPerA * (wish.value + bonus) },
    ];
  };
  const parts = bids.flatMap((bid, i) =>
    partsOf(bid, fromA[i] ?? 0).flatMap((part) => (part.upper > 0 ? [{ ...part, bid: i, rows: bid.claim.rows }] : [])),
  );
  const { x } = solvePacking({
    value: parts.map(({ value }) => value),
    upper: parts.map(({ upper }) => upper),
    rowsOf: parts.map(({ rows }) => rows),
    room: roomA,
  });
  const given = new Float64Array(bids.length);
  parts.forEach(({ bid }, j) => {
    given[bid] = (given[bid] ?? 0) + (x[j] ?? 0);
  });
  return given;
};

/** A part of what a bid may be given, A, and what an ampere of it is worth. */
type Part = { readonly upper: number; readonly value: number };

/** Spare steps, to the most valuable first. */
const fillSteps = (bids: readonly Bid[], spending: Spending): void => {
  const worth = (index: number): number => (bids[index]?.claim.wattsPerA ?? 0) * (bids[index]?.wish.value ?? 0);
  const served = bids.keys().filter((index) => (spending.currentA[index] ?? 0) > 0);
  for (const index of served.toArray().toSorted((a, b) => worth(b) - worth(a))) {
    const bid = bids[index];
    while (bid !== undefined && canStep(bid, spending.currentA[index] ?? 0, spending.roomA))
      add(bids, index, bid.claim.stepA, spending);
  }
};

const canStep = ({ claim, maxA }: Bid, currentA: number, roomA: Float64Array): boolean =>
  currentA + claim.stepA <= maxA + TOLERANCE_A && lackingRow(claim.rows, claim.stepA, roomA) === undefined;

/** Tries other choices of who is served; those who must not be paused stay. */
const searchOn = (
  bids: readonly Bid[],
  ranks: readonly Rank[],
  headroomA: Float64Array,
  chosen: Spending,
): Spending => {
  const serve = (isServed: readonly boolean[]): { readonly spending: Spending; readonly worth: number } | null => {
    const spending = { currentA: new Float64Array(bids.length), roomA: Float64Array.from(headroomA) };
    if (!isServed.every((served, index) => !served || admit(bids, index, spending))) return null;
    raise(bids, spending);
    fillSteps(bids, spending);
    return { spending, worth: worthOf(bids, spending) };
  };
  const kept = new Set(ranks.filter(({ rank }) => rank === 0).map(({ index }) => index));
  return improve({
    chosen: { spending: chosen, worth: worthOf(bids, chosen) },
    isServed: bids.map((_, index) => (chosen.currentA[index] ?? 0) > 0),
    mayChange: bids.map((_, index) => !kept.has(index)),
    compete: (a, b) => bids[a]?.claim.rows.some((row) => bids[b]?.claim.rows.includes(row)) === true,
    serve,
  }).spending;
};

const worthOf = (bids: readonly Bid[], { currentA }: Spending): number =>
  bids.reduce((sum, { claim, wish }, i) => sum + claim.wattsPerA * wish.value * (currentA[i] ?? 0), 0);
