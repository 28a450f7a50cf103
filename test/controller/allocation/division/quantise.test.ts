import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ceilToStep, floorToStep, quantise, type SteppedShare } from "#controller/allocation/division/quantise.ts";

const share = (part: Partial<SteppedShare> = {}): SteppedShare => ({
  rows: Int32Array.of(0),
  minA: 6,
  maxA: 32,
  weight: 1,
  stepA: 1,
  ...part,
});

const quantised = (shares: readonly SteppedShare[], currentA: readonly number[], headroomA: Float64Array) => [
  ...quantise(
    shares,
    { currentA: Float64Array.from(currentA), boundBy: Int32Array.from(currentA, () => 0) },
    headroomA,
  ),
];

describe("steps", () => {
  test("round down for what is given and up for what is needed", () => {
    expect([floorToStep(6.99, 1), ceilToStep(6.01, 1)]).toEqual([6, 7]);
    expect([floorToStep(7.4, 0.5), ceilToStep(7.1, 0.5)]).toEqual([7, 7.5]);
    expect([floorToStep(9, 3), ceilToStep(9, 3)]).toEqual([9, 9]);
  });

  test("are not lost or won by the rounding of doubles", () => {
    expect([floorToStep(0.3, 0.1), ceilToStep(0.1 + 0.2, 0.1)]).toEqual([0.3, 0.3]);
    expect(floorToStep(6.999_999_9, 1)).toBe(7);
    expect(ceilToStep(7.000_000_1, 1)).toBe(7);
    expect([floorToStep(6.999, 1), ceilToStep(7.001, 1)]).toEqual([6, 8]);
  });
});

describe("a division on steps", () => {
  test("gives the spare step to the lowest, not to the first", () => {
    expect(quantised([share(), share()], [10.6, 8.7], Float64Array.of(19))).toEqual([10, 9]);
  });

  test("goes on handing out steps, to whoever has least by then", () => {
    expect(quantised([share(), share(), share()], [10, 6, 8], Float64Array.of(28))).toEqual([10, 9, 9]);
    expect(quantised([share(), share(), share(), share(), share()], [6, 7, 8, 9, 10], Float64Array.of(46))).toEqual([
      9, 9, 9, 9, 10,
    ]);
  });

  test("gives no step above a maximum, beyond a row, or at the cost of a minimum", () => {
    expect(quantised([share({ maxA: 7 }), share()], [7, 7.9], Float64Array.of(20))).toEqual([7, 13]);
    expect(quantised([share({ rows: Int32Array.of(0, 1) }), share()], [6, 6], Float64Array.of(20, 7))).toEqual([7, 13]);
    expect(quantised([share({ minA: 6, stepA: 4 })], [6], Float64Array.of(7))).toEqual([6]);
  });

  test("uses the smaller steps of others for what a large step leaves", () => {
    expect(quantised([share({ stepA: 5, minA: 10 }), share({ stepA: 0.1 })], [10, 10], Float64Array.of(23))).toEqual([
      10, 13,
    ]);
  });

  test("takes what it gives from the headroom", () => {
    const headroomA = Float64Array.of(30.4, 8);
    quantised([share(), share({ rows: Int32Array.of(0, 1), maxA: 8 })], [12, 8], headroomA);
    expect(headroomA[0]).toBeCloseTo(0.4);
    expect(headroomA[1]).toBe(0);
  });

  test("is as even as handing out single steps to the lowest by hand", () => {
    const shares = fc.array(fc.record({ startA: fc.integer({ min: 6, max: 20 }), maxA: fc.constantFrom(12, 20, 32) }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(shares, fc.nat({ max: 60 }), (all, spareA) => {
        const starts = all.map(({ startA, maxA }) => Math.min(startA, maxA));
        const roomA = starts.reduce((sum, each) => sum + each, spareA);
        const byHand = [...starts];
        for (let left = spareA; left > 0; left--) {
          const open = byHand.map((_, i) => i).filter((i) => (byHand[i] ?? 0) < (all[i]?.maxA ?? 0));
          const [least] = open.toSorted((a, b) => (byHand[a] ?? 0) - (byHand[b] ?? 0) || a - b);
          if (least !== undefined) byHand[least] = (byHand[least] ?? 0) + 1;
        }
        const given = quantised(
          all.map(({ maxA }) => share({ maxA })),
          starts,
          Float64Array.of(roomA),
        );
        expect(given).toEqual(byHand);
      }),
      { numRuns: 300 },
    );
  });
});
