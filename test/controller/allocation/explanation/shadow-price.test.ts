import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Grant } from "#controller/allocation/division/grant.ts";
import { solvePacking } from "#controller/allocation/division/energy/simplex.ts";
import { shadowPrices } from "#controller/allocation/explanation/shadow-price.ts";
import { claimOn } from "#test/controller/support/parts.ts";

const L1 = [0];
const ALL = [0, 1, 2];

const served = (wiring: readonly (readonly number[])[], isAdmitted = true): readonly Grant[] =>
  wiring.map((rows, i) => ({ claim: claimOn(rows, i), currentA: 6, boundBy: 0, isAdmitted }));

const pricesOf = (grants: readonly Grant[], headroomA: readonly number[]): readonly number[] => [
  ...shadowPrices(grants, Float64Array.from(headroomA)),
];
const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

describe("the shadow price", () => {
  it("is what an ampere brings where it is scarce, and nothing where it is not", () => {
    expect(pricesOf(served([L1, L1]), [40, 40, 40])).toEqual([230, 0, 0]);
    expect(pricesOf(served([L1, L1]), [70, 40, 40])).toEqual([0, 0, 0]);
  });

  it("is that of the vehicle which makes most of it", () => {
    expect(pricesOf(served([L1, ALL]), [30, 100, 100])).toEqual([690, 0, 0]);
  });

  it("of phases that are full together sums to what an ampere on each of them brings", () => {
    expect(sum(pricesOf(served([ALL, ALL]), [40, 40, 40]))).toBe(690);
  });

  it("counts nobody who is not served", () => {
    expect(pricesOf(served([L1, L1], false), [5, 5, 5])).toEqual([0, 0, 0]);
  });

  it("sums to the gain of a tenth of an ampere on every phase, whoever is served", () => {
    const wiring = fc.array(fc.constantFrom<readonly number[]>([0], [1], [2], [0, 1], ALL), { maxLength: 8 });
    // Odd headrooms: where a row is full by chance exactly at a maximum, the next ampere is worth less than the last.
    const headroom = fc.tuple(
      ...ALL.map((row) => fc.integer({ min: 60, max: 200 }).map((each) => each + row / 7 + 0.3)),
    );
    fc.assert(
      fc.property(wiring, headroom, (wired, headroomA) => {
        const worth = (byA: number): number => {
          const packed = solvePacking({
            value: wired.map((rows) => 230 * rows.length),
            upper: wired.map(() => 26),
            rowsOf: wired,
            room: headroomA.map((each, row) => each + byA - 6 * wired.filter((rows) => rows.includes(row)).length),
          });
          return wired.reduce((total, rows, i) => total + 230 * rows.length * (packed.x[i] ?? 0), 0);
        };
        expect(10 * (worth(0.1) - worth(0))).toBeCloseTo(sum(pricesOf(served(wired), headroomA)), 3);
      }),
    );
  });
});
