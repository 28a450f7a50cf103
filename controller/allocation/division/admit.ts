import { TOLERANCE_A, type SteppedShare } from "./quantise.ts";

/** Which shares of a class are served: their minimums fit together. The others name the row that had no room. */
export type Admission = { readonly isAdmitted: readonly boolean[]; readonly refusedBy: Int32Array };

/** Admits shares in the given order as long as all minimums fit on every row (R7); leaves the headroom untouched. */
export const admit = (
  shares: readonly SteppedShare[],
  order: readonly number[],
  headroomA: Float64Array,
): Admission => {
  const roomA = Float64Array.from(headroomA);
  const isAdmitted = shares.map(() => false);
  const refusedBy = new Int32Array(shares.length).fill(-1);
  for (const index of order) {
    const share = shares[index];
    if (share === undefined) continue;
    const full = share.rows.find((row) => (roomA[row] ?? 0) < share.minA - TOLERANCE_A);
    if (full !== undefined) {
      refusedBy[index] = full;
      continue;
    }
    isAdmitted[index] = true;
    for (const row of share.rows) roomA[row] = (roomA[row] ?? 0) - share.minA;
  }
  return { isAdmitted, refusedBy };
};
