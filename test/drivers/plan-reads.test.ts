import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registerCount } from "#drivers/decode.ts";
import { placePoint, planReads, type PlacedPoint, type ReadRequest } from "#drivers/plan-reads.ts";
import type { ModbusPoint } from "#drivers/profiles/schema.ts";

type Place = { address: number; type?: ModbusPoint["type"]; table?: ModbusPoint["table"]; unitId?: number };

const placed = ({ address, type = "uint16", table = "holding", unitId = 1 }: Place): PlacedPoint => ({
  name: `${table}${address}${type}`,
  point: { table, address, type },
  unitId,
  address,
});
const shape = (requests: readonly ReadRequest[]): readonly (readonly [number, number])[] =>
  requests.map(({ address, count }) => [address, count]);
const endOf = ({ address, point }: PlacedPoint): number => address + registerCount(point);

describe("planReads", () => {
  it("reads neighbours in one request", () => {
    const points = [8, 6, 7, 5].map((address) => placed({ address }));
    expect(shape(planReads(points, { maxRegisters: 125, maxGap: 0 }))).toEqual([[5, 4]]);
  });

  it("reads across a gap no larger than the device takes", () => {
    const points = [placed({ address: 0 }), placed({ address: 3 }), placed({ address: 7 })];
    expect(shape(planReads(points, { maxRegisters: 125, maxGap: 2 }))).toEqual([
      [0, 4],
      [7, 1],
    ]);
  });

  it("never asks for more registers than the device answers", () => {
    const points = [0, 2, 4].map((address) => placed({ address, type: "uint32" }));
    expect(shape(planReads(points, { maxRegisters: 4, maxGap: 0 }))).toEqual([
      [0, 4],
      [4, 2],
    ]);
  });

  it("keeps tables and unit ids apart", () => {
    const points = [
      placed({ address: 0 }),
      placed({ address: 1, table: "input" }),
      placed({ address: 2, unitId: 2 }),
      placed({ address: 3, table: "coil", type: "bool" }),
    ];
    expect(planReads(points, { maxRegisters: 125, maxGap: 10 })).toHaveLength(4);
  });

  it("reads a register once that two points share", () => {
    const points = [placed({ address: 4 }), placed({ address: 4, type: "uint32" }), placed({ address: 4 })];
    expect(shape(planReads(points, { maxRegisters: 125, maxGap: 0 }))).toEqual([[4, 2]]);
  });

  it("covers every point within the device's habits, in as few requests as any partition", () => {
    const place = fc.record({
      address: fc.integer({ min: 0, max: 14 }),
      type: fc.constantFrom<ModbusPoint["type"]>("uint16", "uint32", "uint64"),
    });
    const habits = fc.record({ maxRegisters: fc.integer({ min: 4, max: 9 }), maxGap: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 6 }), habits, (places, limits) => {
        const points = places.map(placed);
        const plan = planReads(points, limits);
        expect(plan.flatMap((request) => request.points).length).toBe(points.length);
        for (const request of plan) {
          expect(request.count).toBeLessThanOrEqual(limits.maxRegisters);
          for (const one of request.points) expect(endOf(one)).toBeLessThanOrEqual(request.address + request.count);
        }
        expect(plan.length).toBe(fewestOf(points, limits));
      }),
      { numRuns: 300 },
    );
  });
});

type Limits = { maxRegisters: number; maxGap: number };

const isOneRequest = (points: readonly PlacedPoint[], { maxRegisters, maxGap }: Limits): boolean => {
  const sorted = points.toSorted((a, b) => a.address - b.address);
  let end = sorted[0]?.address ?? 0;
  for (const one of sorted) {
    if (one.address - end > maxGap) return false;
    end = Math.max(end, endOf(one));
  }
  return end - (sorted[0]?.address ?? 0) <= maxRegisters;
};

/** Tries every partition. */
const fewestOf = (points: readonly PlacedPoint[], limits: Limits, groups: readonly PlacedPoint[][] = []): number => {
  const [first, ...others] = points;
  if (first === undefined) return groups.every((group) => isOneRequest(group, limits)) ? groups.length : Infinity;
  const joined = groups.map((_, at) => groups.map((group, i) => (i === at ? [...group, first] : group)));
  return Math.min(...[...joined, [...groups, [first]]].map((next) => fewestOf(others, limits, next)));
};

describe("placePoint", () => {
  const point: ModbusPoint = { table: "holding", address: 100, type: "uint16" };
  const habits = { maxRegisters: 125, maxGap: 0, evseUnitIdStep: 1, evseAddressStep: 1000 };

  it("shifts the points of the second EVSE by unit id and address", () => {
    expect(placePoint({ name: "a", point }, 1, 5, habits)).toMatchObject({ unitId: 5, address: 100 });
    expect(placePoint({ name: "a", point }, 2, 5, habits)).toMatchObject({ unitId: 6, address: 1100 });
  });

  it("leaves the points of the whole station where they are", () => {
    const shared = { name: "a", point: { ...point, isStation: true } };
    const elsewhere = { name: "a", point: { ...point, unitId: 200 } };
    expect(placePoint(shared, 2, 5, habits)).toMatchObject({ unitId: 5, address: 100 });
    expect(placePoint(elsewhere, 2, 5, habits)).toMatchObject({ unitId: 200, address: 100 });
  });
});
