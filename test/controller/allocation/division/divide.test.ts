import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { divide, type Share } from "#controller/allocation/division/divide.ts";
import { quantise } from "#controller/allocation/division/quantise.ts";

const share = (rows: readonly number[], minA: number, maxA: number, weight = 1): Share => ({
  rows: Int32Array.from(rows),
  minA,
  maxA,
  weight,
});

const problem = fc
  .record({
    rows: fc.array(fc.integer({ min: 40, max: 200 }), { minLength: 1, maxLength: 6 }),
    shares: fc.array(
      fc.record({
        mask: fc.integer({ min: 1, max: 63 }),
        minA: fc.constantFrom(0, 6),
        maxA: fc.constantFrom(10, 16, 32),
        weight: fc.constantFrom(1, 1, 2, 5),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ rows, shares }) => ({
    headroomA: Float64Array.from(rows),
    shares: shares.map(({ mask, minA, maxA, weight }) =>
      share(
        [...new Set(rows.map((_, r) => r).filter((r) => (mask & (1 << r)) !== 0)), 0].filter(
          (r, i, all) => all.indexOf(r) === i,
        ),
        minA,
        maxA,
        weight,
      ),
    ),
  }));

describe("divide", () => {
  test("shares a row equally", () => {
    const { currentA, boundBy } = divide([share([0], 6, 32), share([0], 6, 32)], Float64Array.of(40));
    expect([...currentA]).toEqual([20, 20]);
    expect([...boundBy]).toEqual([0, 0]);
  });

  test("gives what one does not take to the others", () => {
    expect([...divide([share([0], 6, 10), share([0], 6, 32)], Float64Array.of(40)).currentA]).toEqual([10, 30]);
  });

  test("keeps a minimum above the common level", () => {
    expect([
      ...divide([share([0], 14, 32), share([0], 6, 32), share([0], 6, 32)], Float64Array.of(30)).currentA,
    ]).toEqual([14, 8, 8]);
  });

  test("follows weights", () => {
    expect([...divide([share([0], 0, 32, 3), share([0], 0, 32, 1)], Float64Array.of(40)).currentA]).toEqual([30, 10]);
  });

  test("lets the rest grow after one row is full", () => {
    expect([...divide([share([0, 1], 6, 32), share([0], 6, 32)], Float64Array.of(40, 8)).currentA]).toEqual([8, 32]);
  });

  test("names the row that was full from the start, and none for who may not have more than its minimum", () => {
    const { currentA, boundBy } = divide(
      [share([0, 1], 6, 32), share([0], 6, 32), share([0, 1], 6, 6)],
      Float64Array.of(40, 12),
    );
    expect([...currentA]).toEqual([6, 28, 6]);
    expect([...boundBy]).toEqual([1, 0, -1]);
  });

  test("names the row that bound each, and none for who reached its maximum", () => {
    const { currentA, boundBy } = divide(
      [share([0], 6, 10), share([0, 1], 6, 32), share([0], 6, 32), share([2], 0, 7)],
      Float64Array.of(60, 12, 50),
    );
    expect([...currentA]).toEqual([10, 12, 32, 7]);
    expect([...boundBy]).toEqual([-1, 1, -1, -1]);
  });

  test("lets a share rise from a level of its own on", () => {
    const from = (fromLevel: number, weight = 1) => ({ ...share([0], 0, 10, weight), fromLevel });
    const divided = (first: Share, roomA: number) => [
      ...divide([first, share([0], 0, 10)], Float64Array.of(roomA)).currentA,
    ];
    expect(divided(from(5), 9)).toEqual([2, 7]);
    expect(divided(from(3, 2), 9)).toEqual([4, 5]);
    expect(divided(from(-4), 6)).toEqual([5, 1]);
    expect(divided(from(8), 6)).toEqual([0, 6]);
    expect(divided(from(5), 30)).toEqual([10, 10]);
  });

  test("has nothing to divide where nobody asks", () => {
    expect([...divide([], Float64Array.of(6)).currentA]).toEqual([]);
  });

  test("is what raising everybody together in tiny steps comes to", () => {
    fc.assert(
      fc.property(problem, ({ shares, headroomA }) => {
        fc.pre(
          fits(
            shares,
            shares.map(({ minA }) => minA),
            headroomA,
          ),
        );
        const byHand = raiseTogether(shares, headroomA);
        divide(shares, headroomA).currentA.forEach((currentA, i) =>
          expect(Math.abs(currentA - (byHand[i] ?? NaN))).toBeLessThan(0.5),
        );
      }),
      { numRuns: 100 },
    );
  });

  test("never exceeds a row, a minimum or a maximum, and leaves nobody who could grow without taking from one that has less", () => {
    fc.assert(
      fc.property(problem, ({ shares, headroomA }) => {
        fc.pre(
          sumOn(
            shares,
            headroomA.length,
            shares.map(({ minA }) => minA),
          ).every((sumA, row) => sumA <= (headroomA[row] ?? 0)),
        );
        const { currentA } = divide(shares, headroomA);
        const sums = sumOn(shares, headroomA.length, [...currentA]);
        sums.forEach((sumA, row) => expect(sumA).toBeLessThanOrEqual((headroomA[row] ?? 0) + 1e-6));
        shares.forEach((each, i) => {
          const givenA = currentA[i] ?? 0;
          expect(givenA).toBeGreaterThanOrEqual(each.minA - 1e-9);
          if (givenA >= each.maxA - 1e-6) return;
          const isJustified = [...each.rows].some((row) => {
            const isFull = (headroomA[row] ?? 0) - (sums[row] ?? 0) < 1e-6;
            const level = givenA / each.weight;
            return (
              isFull &&
              shares.every(
                (other, j) =>
                  !other.rows.includes(row) ||
                  (currentA[j] ?? 0) <= other.minA + 1e-6 ||
                  (currentA[j] ?? 0) / other.weight <= level + 1e-6,
              )
            );
          });
          expect(isJustified, `share ${i} with ${givenA} A could grow`).toBe(true);
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe("quantise", () => {
  test("rounds down and gives spare steps to the lowest, the earlier first", () => {
    const shares = [share([0], 6, 32), share([0], 6, 32), share([0], 6, 32)].map((each) => ({ ...each, stepA: 1 }));
    const headroomA = Float64Array.of(32);
    expect([...quantise(shares, divide(shares, headroomA), headroomA)]).toEqual([11, 11, 10]);
    expect(headroomA[0]).toBeCloseTo(0);
  });
});

const fits = (shares: readonly Share[], currentA: readonly number[], headroomA: Float64Array): boolean =>
  sumOn(shares, headroomA.length, currentA).every((sumA, row) => sumA <= (headroomA[row] ?? 0));

/** The slow and obvious way: everybody a little more at a time; who does not fit any more stays where it is. */
const raiseTogether = (shares: readonly Share[], headroomA: Float64Array): readonly number[] => {
  const currentA = shares.map(({ minA }) => minA);
  const isStopped = shares.map(() => false);
  for (let level = 0; level <= 32; level += 0.02) {
    shares.forEach(({ minA, maxA, weight }, i) => {
      if (isStopped[i] === true) return;
      const nextA = Math.min(maxA, Math.max(minA, level * weight));
      if (fits(shares, currentA.with(i, nextA), headroomA)) currentA[i] = nextA;
      else isStopped[i] = true;
    });
  }
  return currentA;
};

const sumOn = (shares: readonly Share[], rows: number, currentA: readonly number[]): readonly number[] => {
  const sums = new Array<number>(rows).fill(0);
  shares.forEach((each, i) => each.rows.forEach((row) => (sums[row] = (sums[row] ?? 0) + (currentA[i] ?? 0))));
  return sums;
};

test("a division ends though a row's room is lost in the rounding of a high level", () => {
  const late = (fromLevel: number, weight: number) => ({
    rows: Int32Array.of(0),
    minA: 0,
    maxA: 32,
    weight,
    fromLevel,
  });
  const { currentA } = divide([late(1e15, 32), late(1e15, 1e-3)], Float64Array.of(1e-3));
  expect((currentA[0] ?? 0) + (currentA[1] ?? 0)).toBeLessThanOrEqual(33);
});
