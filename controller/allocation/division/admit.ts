import type { SteppedShare } from "./quantise.ts";
import { lackingRow, takeRoom } from "./room.ts";

/** A share that asks to be admitted: in its place, and whether it may be left out so that more others are served. */
export type Candidate = Pick<SteppedShare, "rows" | "minA"> & { readonly order: number; readonly mayYield: boolean };

/** Which shares of a class are served: their minimums fit together. The others name the row that had no room. */
export type Admission = { readonly isAdmitted: readonly boolean[]; readonly refusedBy: Int32Array };

/**
 * Admits shares whose minimums fit on every row together (R7): in order, then one that may yield gives way where two or more
 * others fit in its place, so that the most are served. Takes the minimums of the admitted from `roomA`, A per row.
 */
export const admit = (candidates: readonly Candidate[], roomA: Float64Array): Admission => {
  const inOrder = candidates.map((_, i) => i).toSorted((a, b) => orderOf(candidates, a) - orderOf(candidates, b));
  const isAdmitted = candidates.map(() => false);
  const refused = inOrder.filter((index) => !tryAdmit(candidates, index, { isAdmitted, roomA }));
  serveMore(candidates, inOrder, refused, { isAdmitted, roomA });
  const refusedBy = Int32Array.from(candidates, (each, i) =>
    isAdmitted[i] === true ? -1 : (lackingRow(each.rows, each.minA, roomA) ?? -1),
  );
  return { isAdmitted, refusedBy };
};

const orderOf = (candidates: readonly Candidate[], index: number): number => candidates[index]?.order ?? 0;

type State = { readonly isAdmitted: boolean[]; readonly roomA: Float64Array };

const tryAdmit = (candidates: readonly Candidate[], index: number, { isAdmitted, roomA }: State): boolean => {
  const candidate = candidates[index];
  if (candidate === undefined || lackingRow(candidate.rows, candidate.minA, roomA) !== undefined) return false;
  isAdmitted[index] = true;
  takeRoom(candidate.rows, candidate.minA, roomA);
  return true;
};

/** Last come, first to yield; those that ask for least come first in the place that becomes free. */
const serveMore = (
  candidates: readonly Candidate[],
  inOrder: readonly number[],
  refused: readonly number[],
  state: State,
): void => {
  const demand = (index: number): number => (candidates[index]?.rows.length ?? 0) * (candidates[index]?.minA ?? 0);
  let waiting = refused.toSorted((a, b) => demand(a) - demand(b));
  for (const index of inOrder.toReversed()) {
    const candidate = candidates[index];
    if (waiting.length < 2 || candidate?.mayYield !== true || state.isAdmitted[index] !== true) continue;
    takeRoom(candidate.rows, -candidate.minA, state.roomA);
    state.isAdmitted[index] = false;
    const served = waiting.filter(
      (other) => shares(candidate, candidates[other]) && tryAdmit(candidates, other, state),
    );
    if (served.length >= 2) {
      waiting = waiting.filter((other) => !served.includes(other));
      continue;
    }
    for (const other of served) retract(candidates, other, state);
    tryAdmit(candidates, index, state);
  }
};

const shares = (a: Candidate, b: Candidate | undefined): boolean =>
  b?.rows.some((row) => a.rows.includes(row)) === true;

const retract = (candidates: readonly Candidate[], index: number, { isAdmitted, roomA }: State): void => {
  const candidate = candidates[index];
  if (candidate === undefined) return;
  isAdmitted[index] = false;
  takeRoom(candidate.rows, -candidate.minA, roomA);
};
