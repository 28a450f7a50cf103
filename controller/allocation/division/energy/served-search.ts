/** A choice of who is served with what it is worth. */
type Outcome<T> = { readonly spending: T; readonly worth: number };

/** What the search starts from and may do; everything by place of the bid. */
export type Search<T> = {
  readonly chosen: Outcome<T>;
  readonly isServed: readonly boolean[];
  readonly mayChange: readonly boolean[];
  readonly compete: (a: number, b: number) => boolean;
  /** Serves exactly these; null: their minimums do not fit together. */
  readonly serve: (isServed: readonly boolean[]) => Outcome<T> | null;
};

/** So many choices are tried for each bid at the most, and fewer where there are many: the time for them is bounded. */
const TRIALS_PER_BID = 60;
/** The effort of one trial grows with the square of the bids. */
const MOST_EFFORT = 400_000;

/**
 * Looks for a better choice of who is served: one or two more, one less, or one or two in the place of another, as long as it
 * brings more. The choice found is never worth less than the one it began with.
 */
export const improve = <T>(search: Search<T>): Outcome<T> => {
  const count = search.isServed.length;
  let trials = Math.min(TRIALS_PER_BID * count, Math.floor(MOST_EFFORT / Math.max(1, count * count)));
  let best = search.chosen;
  let isServed = search.isServed;
  const isBetter = (next: readonly boolean[]): boolean => {
    trials -= 1;
    const outcome = search.serve(next);
    if (outcome === null || outcome.worth <= best.worth * (1 + 1e-9)) return false;
    best = outcome;
    isServed = next;
    return true;
  };
  let isImproved = true;
  while (isImproved && trials > 0) {
    isImproved = false;
    for (const next of neighbours(search, isServed)) {
      if (trials <= 0) break;
      if (!isBetter(next)) continue;
      isImproved = true;
      break;
    }
  }
  return best;
};

function* neighbours<T>(search: Search<T>, isServed: readonly boolean[]): Generator<readonly boolean[]> {
  const flip = (...places: readonly number[]): readonly boolean[] =>
    isServed.map((served, i) => (places.includes(i) ? !served : served));
  const changeable = isServed.map((_, i) => i).filter((i) => search.mayChange[i] === true);
  const served = changeable.filter((i) => isServed[i] === true);
  const waiting = changeable.filter((i) => isServed[i] !== true);
  for (const i of waiting) yield flip(i);
  for (const i of served) yield flip(i);
  for (const i of waiting) for (const j of served) if (search.compete(i, j)) yield flip(i, j);
  const pairs = waiting.flatMap((i, k) => waiting.slice(k + 1).map((j) => [i, j] as const));
  for (const pair of pairs) yield flip(...pair);
  for (const j of served) for (const pair of pairs) if (pair.every((i) => search.compete(i, j))) yield flip(j, ...pair);
}
