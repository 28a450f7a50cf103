import type { Division, Share } from "./divide.ts";
import { lackingRow, takeRoom } from "./room.ts";
import { TOLERANCE_A } from "./tolerance.ts";

/** A share whose current must be a multiple of a step, A. */
export type SteppedShare = Share & { readonly stepA: number };

/** The largest multiple of the step at or below the value, A. */
export const floorToStep = (valueA: number, stepA: number): number =>
  round(Math.floor(valueA / stepA + TOLERANCE_A) * stepA);

/** The smallest multiple of the step at or above the value, A. */
export const ceilToStep = (valueA: number, stepA: number): number =>
  round(Math.ceil(valueA / stepA - TOLERANCE_A) * stepA);

const round = (valueA: number): number => Math.round(valueA * 1e6) / 1e6;

/**
 * Quantises a division once (R7): everything down to its step, then spare steps one by one to the share that has least
 * and can still take one; ties go to the earlier share. Takes what it gives from `headroomA`, A per row.
 */
export const quantise = (
  shares: readonly SteppedShare[],
  division: Division,
  headroomA: Float64Array,
): Float64Array => {
  const currentA = Float64Array.from(shares, (share, i) =>
    Math.max(share.minA, floorToStep(division.currentA[i] ?? 0, share.stepA)),
  );
  shares.forEach((share, i) => takeRoom(share.rows, currentA[i] ?? 0, headroomA));
  fillSteps(shares, currentA, headroomA);
  return currentA;
};

/** Hands out spare steps from a queue kept sorted with the share that has least at its end. */
const fillSteps = (shares: readonly SteppedShare[], currentA: Float64Array, headroomA: Float64Array): void => {
  const compare = (a: number, b: number): number => (currentA[b] ?? 0) - (currentA[a] ?? 0) || b - a;
  const queue = shares.map((_, i) => i).toSorted(compare);
  for (let least = queue.pop(); least !== undefined; least = queue.pop()) {
    const share = shares[least];
    if (share === undefined || !canTakeStep(share, currentA[least] ?? 0, headroomA)) continue;
    currentA[least] = round((currentA[least] ?? 0) + share.stepA);
    takeRoom(share.rows, share.stepA, headroomA);
    queue.splice(placeIn(queue, least, compare), 0, least);
  }
};

const placeIn = (queue: readonly number[], item: number, compare: (a: number, b: number) => number): number => {
  let low = 0;
  for (let high = queue.length; low < high;) {
    const middle = (low + high) >>> 1;
    if (compare(queue[middle] ?? 0, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

const canTakeStep = (share: SteppedShare | undefined, currentA: number, headroomA: Float64Array): boolean =>
  share !== undefined &&
  currentA + share.stepA <= share.maxA + TOLERANCE_A &&
  lackingRow(share.rows, share.stepA, headroomA) === undefined;
