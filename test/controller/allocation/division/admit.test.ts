import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { admit, type Candidate } from "#controller/allocation/division/admit.ts";

const candidate = (rows: readonly number[], order: number, part: Partial<Candidate> = {}): Candidate => ({
  rows: Int32Array.from(rows),
  minA: 6,
  order,
  mayYield: true,
  ...part,
});

const admitted = (candidates: readonly Candidate[], ...roomA: readonly number[]): readonly boolean[] =>
  admit(candidates, Float64Array.from(roomA)).isAdmitted;

describe("admission", () => {
  test("goes by order, and says which row had no room for the others", () => {
    const roomA = Float64Array.of(20, 13);
    const candidates = [candidate([0, 1], 2), candidate([0, 1], 0), candidate([0, 1], 1)];
    const { isAdmitted, refusedBy } = admit(candidates, roomA);
    expect(isAdmitted).toEqual([false, true, true]);
    expect([...refusedBy]).toEqual([1, -1, -1]);
    expect([...roomA]).toEqual([8, 1]);
  });

  test("passes over one that does not fit for the next that does", () => {
    expect(admitted([candidate([0], 0), candidate([0], 1, { minA: 10 }), candidate([0], 2)], 12)).toEqual([
      true,
      false,
      true,
    ]);
  });

  test("leaves one out that may yield where two others fit in its place", () => {
    const two = [candidate([0], 1), candidate([1], 2)];
    expect(admitted([candidate([0, 1], 0), ...two], 6, 6)).toEqual([false, true, true]);
    expect(admitted([candidate([0, 1], 0, { mayYield: false }), ...two], 6, 6)).toEqual([true, false, false]);
  });

  test("leaves one out for two others that load rows of their own besides", () => {
    expect(admitted([candidate([0], 0, { minA: 12 }), candidate([0, 1], 1), candidate([0, 2], 2)], 12, 9, 9)).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("leaves nobody out for one other, however small", () => {
    const roomA = Float64Array.of(6, 6);
    const { isAdmitted } = admit([candidate([0, 1], 0), candidate([0], 1), candidate([0], 2)], roomA);
    expect(isAdmitted).toEqual([true, false, false]);
    expect([...roomA]).toEqual([0, 0]);
  });

  test("gives the place of the last that may yield, so that the first keep theirs", () => {
    const candidates = [candidate([0, 1], 0), candidate([0, 1], 1), candidate([0], 2), candidate([1], 3)];
    expect(admitted(candidates, 12, 12)).toEqual([true, false, true, true]);
  });

  test("gives a free place to those that ask for least, counted over all rows they load", () => {
    const long = candidate([0, 1, 2], 1);
    const candidates = [candidate([0, 1], 0), long, candidate([0], 2), candidate([1], 3)];
    expect(admitted(candidates, 6, 6, 6)).toEqual([false, false, true, true]);
    const big = candidate([0], 1, { minA: 11 });
    const small = [candidate([0], 2, { minA: 5 }), candidate([0], 3, { minA: 6 })];
    expect(admitted([candidate([0], 0, { minA: 12 }), big, ...small], 12)).toEqual([false, false, true, true]);
  });

  test("serves those who share no row with a yielding one where they are, not in its place", () => {
    const far = [candidate([1], 1, { minA: 7 }), candidate([1], 2, { minA: 7 })];
    expect(admitted([candidate([0], 0), ...far], 6, 6)).toEqual([true, false, false]);
  });

  test("makes room again and again, and for each refused one once", () => {
    const pairs = [0, 1].flatMap((k) => [candidate([2 * k], 2 + k), candidate([2 * k + 1], 4 + k)]);
    const wide = [candidate([0, 1], 0), candidate([2, 3], 1)];
    expect(admitted([...wide, ...pairs], 6, 6, 6, 6)).toEqual([false, false, true, true, true, true]);
  });
});

const ROWS = 3;
const tinySites = fc.record({
  roomA: fc.array(fc.integer({ min: 0, max: 24 }), { minLength: ROWS, maxLength: ROWS }),
  candidates: fc.array(
    fc.record({
      rows: fc.uniqueArray(fc.nat({ max: ROWS - 1 }), { minLength: 1 }).map((rows) => Int32Array.from(rows)),
      minA: fc.constantFrom(6, 6, 8),
      order: fc.nat({ max: 9 }),
      mayYield: fc.boolean(),
    }),
    { maxLength: 7 },
  ),
});

const fits = (chosen: readonly Candidate[], roomA: readonly number[]): boolean =>
  roomA.every((room, row) => chosen.reduce((sum, each) => sum + (each.rows.includes(row) ? each.minA : 0), 0) <= room);

const subsets = (candidates: readonly Candidate[]): readonly (readonly Candidate[])[] =>
  Array.from({ length: 2 ** candidates.length }, (_, bits) => candidates.filter((__, i) => (bits & (1 << i)) !== 0));

describe("admission on tiny sites, against every choice there is", () => {
  const run = (check: (candidates: readonly Candidate[], roomA: readonly number[]) => void) =>
    fc.assert(
      fc.property(tinySites, ({ candidates, roomA }) => check(candidates, roomA)),
      { numRuns: 400 },
    );

  test("admits what fits, leaves nobody out who would fit as well, and accounts for what it took", () => {
    run((candidates, roomA) => {
      const leftA = Float64Array.from(roomA);
      const { isAdmitted, refusedBy } = admit(candidates, leftA);
      const chosen = candidates.filter((_, i) => isAdmitted[i]);
      expect(fits(chosen, roomA)).toBe(true);
      const isExplained = candidates.map(({ minA }, i) =>
        isAdmitted[i] === true ? refusedBy[i] === -1 : (leftA[refusedBy[i] ?? -1] ?? Infinity) < minA,
      );
      expect(isExplained).not.toContain(false);
      const takenA = roomA.map((_, row) =>
        chosen.reduce((sum, each) => sum + (each.rows.includes(row) ? each.minA : 0), 0),
      );
      expect([...leftA]).toEqual(roomA.map((room, row) => room - (takenA[row] ?? 0)));
    });
  });

  test("serves as many as can be served together, but for one at the most", () => {
    run((candidates, roomA) => {
      const free = candidates.map((each) => ({ ...each, mayYield: true }));
      const most = Math.max(...subsets(free).map((chosen) => (fits(chosen, roomA) ? chosen.length : 0)));
      const served = admitted(free, ...roomA).filter(Boolean).length;
      expect(served).toBeGreaterThanOrEqual(most - 1);
    });
  });
});
