const isSwapped = (a: string, b: string, i: number, j: number): boolean =>
  i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];

/** Letters to insert, remove, replace or swap with their neighbour to turn one word into the other. */
const distance = (a: string, b: string): number => {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = isSwapped(a, b, i, j) ? at(i - 2, j - 2) + 1 : Infinity;
      row.push(Math.min(replaced, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(a.length, b.length);
};

const MAX_COMPARED = 64;

/** The word most like a misspelt one, or null when none is near. */
export const nearest = (word: string, words: Iterable<string>): string | null => {
  if (word.length > MAX_COMPARED) return null;
  const lower = word.toLowerCase();
  let best: { word: string; distance: number } | null = null;
  for (const candidate of words) {
    const d = candidate.length > MAX_COMPARED ? Infinity : distance(lower, candidate.toLowerCase());
    if (d <= Math.max(1, Math.floor(lower.length / 3)) && d < (best?.distance ?? Infinity))
      best = { word: candidate, distance: d };
  }
  return best?.word ?? null;
};

/** `did you mean "grid"?`, or the given advice when no word is near. */
export const didYouMean = (word: string, words: Iterable<string>, otherwise: string): string => {
  const near = nearest(word, words);
  return near === null ? otherwise : `did you mean "${near}"?`;
};
