import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { solvePacking, type Packing } from "#controller/allocation/division/energy/simplex.ts";

const ROWS = 6;
const packings = fc
  .record({
    room: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: ROWS, maxLength: ROWS }),
    items: fc.array(
      fc.record({
        value: fc.integer({ min: 0, max: 9 }),
        upper: fc.integer({ min: 0, max: 32 }),
        rows: fc.array(fc.integer({ min: 0, max: ROWS - 1 }), { maxLength: 5 }),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ room, items }): Packing => ({
    room,
    value: items.map(({ value }) => value),
    upper: items.map(({ upper }) => upper),
    rowsOf: items.map(({ rows }) => rows),
  }));

const worth = (packing: Packing, x: ArrayLike<number>): number =>
  packing.rowsOf.reduce((sum, _, j) => sum + (packing.value[j] ?? 0) * (x[j] ?? 0), 0);

describe("a packing programme", () => {
  it("is solved within its bounds, and its prices prove that nothing better exists", () => {
    fc.assert(
      fc.property(packings, (packing) => {
        const { x, rowPrice } = solvePacking(packing);
        packing.rowsOf.forEach((_, j) => {
          expect(x[j]).toBeGreaterThanOrEqual(-1e-6);
          expect(x[j]).toBeLessThanOrEqual((packing.upper[j] ?? 0) + 1e-6);
        });
        for (let row = 0; row < ROWS; row++) {
          const load = packing.rowsOf.reduce(
            (sum, rows, j) => sum + Array.from(rows).filter((each) => each === row).length * (x[j] ?? 0),
            0,
          );
          expect(load).toBeLessThanOrEqual((packing.room[row] ?? 0) + 1e-6);
        }
        const priced = packing.rowsOf.map((rows, j) =>
          Math.max(0, (packing.value[j] ?? 0) - Array.from(rows).reduce((sum, row) => sum + (rowPrice[row] ?? 0), 0)),
        );
        const bound =
          rowPrice.reduce((sum, price, row) => sum + price * (packing.room[row] ?? 0), 0) +
          priced.reduce((sum, rent, j) => sum + rent * (packing.upper[j] ?? 0), 0);
        expect(worth(packing, x)).toBeCloseTo(bound, 5);
      }),
      { numRuns: 500 },
    );
  });

  it("prefers one vehicle on three phases to one on one phase where they compete for the same phase", () => {
    const { x } = solvePacking({ value: [3, 1], upper: [16, 16], rowsOf: [[0, 1, 2], [0]], room: [20, 40, 40] });
    expect([...x]).toEqual([16, 4]);
  });

  it("is bound by a row as often as it is listed", () => {
    const { x, rowPrice } = solvePacking({ value: [3, 1], upper: [16, 16], rowsOf: [[0, 0, 0], [0]], room: [21] });
    expect(worthOf([3, 1], x)).toBeCloseTo(21);
    expect(rowPrice[0]).toBeCloseTo(1);
  });

  it("has no price where a row leaves room, however wide", () => {
    const { x, rowPrice } = solvePacking({ value: [1], upper: [16], rowsOf: [[0, 1]], room: [Infinity, 16] });
    expect([...x, ...rowPrice]).toEqual([16, 0, 0]);
  });

  it("takes a row that is overdrawn already for one without room", () => {
    expect([...solvePacking({ value: [1, 1], upper: [9, 9], rowsOf: [[0], [1]], room: [-5, 4] }).x]).toEqual([0, 4]);
  });
});

const worthOf = (value: readonly number[], x: Float64Array): number =>
  value.reduce((sum, each, j) => sum + each * (x[j] ?? 0), 0);
