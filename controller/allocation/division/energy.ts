import type { Wish } from "../strategies/strategy.ts";
import { elapsedMs, type Instant } from "../../model/time.ts";
import { LEAST_ON_MS, MOST_PAUSES } from "../timing.ts";
import type { Claim } from "./claims.ts";
import type { Grant } from "./grant.ts";
import { floorToStep, TOLERANCE_A } from "./quantise.ts";
import { solvePacking } from "./simplex.ts";

/** A running vehicle counts this much more than one that would have to be started. */
const STAY_BONUS = 0.1;
/** The part of its minimum that the best division without minimums must give a vehicle for it to be started, or to stay. */
const START_SHARE = 0.7;
const STAY_SHARE = 0.3;

/** One claim on its way: `currentA` is what it has so far, A per phase. */
type Place = {
  readonly claim: Claim;
  readonly wish: Wish;
  readonly maxA: number;
  readonly isOn: boolean;
  /** Its share of a division without minimums, A. */
  wishedA: number;
  currentA: number;
  boundBy: number;
};

/**
 * Spends the headroom where it is worth most: a division without minimums says who should run, those who run well are kept,
 * then the room is spent exactly among the admitted. Running vehicles are not paused more than a few times for the sake of
 * others (R7). Grants in the order of the claims; spends `headroomA`, A per row.
 */
export const divideForEnergy = (
  claims: readonly Claim[],
  wishes: readonly Wish[],
  headroomA: Float64Array,
  now: Instant,
): readonly Grant[] => {
  const places = claims.flatMap((claim, i) => placeOf(claim, wishes[i]));
  wishWithoutMinimums(places, headroomA);
  const inOrder = places.toSorted((a, b) => rankOf(a, now) - rankOf(b, now) || byPreference(a, b));
  for (const place of inOrder) if (rankOf(place, now) < UNWANTED) admit(place, headroomA);
  raiseAdmitted(places, headroomA);
  for (const place of inOrder) if (place.currentA === 0) admit(place, headroomA);
  raiseAdmitted(places, headroomA);
  fillSteps(places, headroomA);
  const granted = new Map(places.map((place) => [place.claim, place]));
  return claims.map((claim) => {
    const place = granted.get(claim);
    const currentA = place?.currentA ?? 0;
    return { claim, currentA, boundBy: place?.boundBy ?? -1, isAdmitted: currentA > 0 };
  });
};

const placeOf = (claim: Claim, wish: Wish | undefined): readonly Place[] => {
  if (wish === undefined) return [];
  const maxA = Math.min(claim.maxA, floorToStep(wish.ceilingA, claim.stepA));
  const isOn = claim.history.setpointA > 0;
  return maxA < claim.minA ? [] : [{ claim, wish, maxA, isOn, wishedA: 0, currentA: 0, boundBy: -1 }];
};

const UNWANTED = 2;

/** 0: it must not be paused now; 1: it should run; 2: it may take what is left. */
const rankOf = ({ claim, isOn, wishedA }: Place, now: Instant): number => {
  const { servedSince, pauses } = claim.history;
  if (isOn && (pauses >= MOST_PAUSES || (servedSince !== null && elapsedMs(servedSince, now) < LEAST_ON_MS))) return 0;
  return wishedA >= claim.minA * (isOn ? STAY_SHARE : START_SHARE) ? 1 : UNWANTED;
};

const byPreference = (a: Place, b: Place): number =>
  Number(b.isOn) - Number(a.isOn) ||
  b.wishedA - a.wishedA ||
  b.wish.value - a.wish.value ||
  a.wish.order - b.wish.order;

const wishWithoutMinimums = (places: readonly Place[], headroomA: Float64Array): void => {
  const given = spend(places, headroomA, STAY_BONUS);
  places.forEach((place, i) => {
    place.wishedA = given[i] ?? 0;
  });
};

const admit = (place: Place, headroomA: Float64Array): void => {
  const { rows, minA } = place.claim;
  const full = rows.find((row) => (headroomA[row] ?? 0) < minA - TOLERANCE_A);
  if (full === undefined) raise(place, minA, headroomA);
  else place.boundBy = full;
};

const raise = (place: Place, byA: number, headroomA: Float64Array): void => {
  place.currentA = Math.round((place.currentA + byA) * 1e6) / 1e6;
  for (const row of place.claim.rows) headroomA[row] = (headroomA[row] ?? 0) - byA;
};

const raiseAdmitted = (places: readonly Place[], headroomA: Float64Array): void => {
  const admitted = places.filter(({ currentA }) => currentA > 0);
  const given = spend(admitted, headroomA, 0);
  admitted.forEach((place, i) => {
    const stepsA = floorToStep(place.currentA + (given[i] ?? 0), place.claim.stepA) - place.currentA;
    if (stepsA > 0) raise(place, stepsA, headroomA);
  });
};

/** The most valuable use of the headroom above what the places have, A each: what they need in any case, then the rest. */
const spend = (places: readonly Place[], headroomA: Float64Array, stayBonus: number): Float64Array => {
  const needed = places.map(({ wish, maxA, currentA }) => Math.max(0, Math.min(wish.floorA, maxA) - currentA));
  const rest = places.map(({ maxA, currentA }, i) => Math.max(0, maxA - currentA - (needed[i] ?? 0)));
  const worth = ({ claim, isOn }: Place, value: number): number => claim.wattsPerA * (value + (isOn ? stayBonus : 0));
  const rowsOf = places.map(({ claim }) => claim.rows);
  const { x } = solvePacking({
    value: [
      ...places.map((place) => worth(place, place.wish.floorValue)),
      ...places.map((place) => worth(place, place.wish.value)),
    ],
    upper: [...needed, ...rest],
    rowsOf: [...rowsOf, ...rowsOf],
    room: headroomA,
  });
  return Float64Array.from(places, (_, i) => (x[i] ?? 0) + (x[places.length + i] ?? 0));
};

/** Spare steps, to the most valuable first; what has no room for one more is bound by the row that is full. */
const fillSteps = (places: readonly Place[], headroomA: Float64Array): void => {
  const worth = ({ claim, wish }: Place): number => claim.wattsPerA * wish.value;
  for (const place of places.filter(({ currentA }) => currentA > 0).toSorted((a, b) => worth(b) - worth(a))) {
    const { rows, stepA } = place.claim;
    const fullRow = (): number | undefined => rows.find((row) => (headroomA[row] ?? 0) < stepA - TOLERANCE_A);
    let full = fullRow();
    while (full === undefined && place.currentA + stepA <= place.maxA + TOLERANCE_A) {
      raise(place, stepA, headroomA);
      full = fullRow();
    }
    place.boundBy = place.currentA >= place.maxA - TOLERANCE_A ? -1 : (full ?? -1);
  }
};
