import { NOTHING_AHEAD } from "#controller/allocation/strategies/strategy.ts";
import { describe, expect, test } from "vitest";
import type { Claim } from "#controller/allocation/division/claims.ts";
import { grantClaims } from "#controller/allocation/division/grants.ts";
import { deadline } from "#controller/allocation/strategies/deadline.ts";
import { mostEnergy } from "#controller/allocation/strategies/most-energy.ts";
import { UNKNOWN_NEED } from "#controller/model/need.ts";
import { instant } from "#controller/model/time.ts";
import { claim } from "#test/controller/support/parts.ts";

const HOUR = 3_600_000;
const NOW = instant(5 * HOUR);

/** A claim on one phase of 230 V that needs so many kWh within so many hours; null: nobody said. */
const needing = (kWh: number | null, hours: number | null, part: Parameters<typeof claim>[0] = {}): Claim =>
  claim({
    need: {
      ...UNKNOWN_NEED,
      energyWh: kWh === null ? null : kWh * 1000,
      departsAt: hours === null ? null : instant(NOW + hours * HOUR),
    },
    ...part,
  });

const wishes = (claims: readonly Claim[], ...roomA: readonly number[]) =>
  deadline.wish(claims, { ...NOTHING_AHEAD, now: NOW, headroomA: Float64Array.from(roomA) });
const wish = (one: Claim, roomA = 32) => {
  const [first] = wishes([one], roomA);
  if (first === undefined) throw new Error("one wish");
  return first;
};
const currents = (claims: readonly Claim[], roomA: number) =>
  grantClaims(claims, Float64Array.of(roomA), {
    strategy: deadline,
    outlook: { ...NOTHING_AHEAD, now: NOW },
    guaranteeMinimums: false,
  }).map(({ currentA }) => currentA);

describe("charging by departure", () => {
  test("asks for what cannot wait, and nothing where all can", () => {
    expect(wish(needing(7.36, 1)).floorA).toBeCloseTo(32);
    expect(wish(needing(2.3, 2)).floorA).toBe(0);
    expect(wish(needing(2.3, 0.05)).floorA).toBeCloseTo(120);
  });

  test("counts the power of all phases in use", () => {
    expect(wish(needing(22.08, 1, { wattsPerA: 690 })).floorA).toBeCloseTo(32);
  });

  test("takes a vehicle to stay four hours where nobody said how long", () => {
    expect(wish(needing(7.36 * 4, null)).floorA).toBeCloseTo(32);
    expect(wish(needing(7.36 * 3.9, null)).floorA).toBe(0);
  });

  test("takes a vehicle that should have left to stay two hours more", () => {
    expect(wish(needing(7.36 * 2, -1)).floorA).toBeCloseTo(32);
    expect(wish(needing(7.36 * 2, 0)).floorA).toBeCloseTo(32);
    expect(wish(needing(7.36 * 1.9, -1)).floorA).toBe(0);
  });

  test("asks for a fair share where no need is known", () => {
    const claims = [needing(null, null), needing(null, 1), needing(2.3, 9)];
    expect(wishes(claims, 60).map(({ floorA }) => floorA)).toEqual([20, 20, 0]);
  });

  test("shares fairly first with whoever came first where minimums do not all fit, and leaves nobody of these out", () => {
    const late = needing(null, null, { arrivedAt: instant(9) });
    const wide = needing(null, null, { arrivedAt: instant(3), rows: [0, 1] });
    const floors = wishes([late, wide, needing(null, null, { rows: [1], arrivedAt: instant(9) })], 6, 6);
    expect(floors.map(({ floorA }) => floorA)).toEqual([0, 6, 0]);
  });

  test("is more urgent the more of its maximum a vehicle needs, and half so where nobody said", () => {
    const value = (kWh: number | null, hours: number | null) => wish(needing(kWh, hours)).value;
    expect(value(3.68, 1)).toBeCloseTo(1.05);
    expect(value(7.36, 4)).toBeCloseTo(1.025);
    expect(value(90, 1)).toBeCloseTo(1.1);
    expect(value(null, null)).toBeCloseTo(1.05);
    expect(value(0, 1)).toBe(1);
  });

  test("puts what a higher class needs above all that lower ones need, and that above what nobody needs", () => {
    const claims = [needing(9, 1), needing(9, 1, { priority: 2 }), needing(9, 1, { priority: 1 })];
    expect(wishes(claims, 32).map(({ floorValue, order }) => [floorValue, order])).toEqual([
      [4, 0],
      [256, 1],
      [32, 2],
    ]);
  });

  test("asks next to nothing for idle vehicles", () => {
    const idle = wish(needing(9, 1, { isIdle: true }));
    expect(idle).toMatchObject({ floorA: 0, floorValue: 0, value: 0.01 });
    const [, other] = wishes([needing(null, null, { isIdle: true }), needing(null, null)], 20);
    expect(other?.floorA).toBe(20);
  });

  test("serves who must leave before who can wait, and leaves the rest to who can", () => {
    expect(currents([needing(5, 9), needing(4.6, 1)], 40)).toEqual([8, 32]);
    expect(currents([needing(50, 9), needing(7.36, 1)], 32)).toEqual([0, 32]);
  });
});

describe("the most energy", () => {
  test("is worth eight times as much for each class above", () => {
    const claims = [
      claim(),
      claim({ priority: 5 }),
      claim({ priority: 5 }),
      claim({ priority: 3 }),
      claim({ isIdle: true }),
    ];
    const given = mostEnergy.wish(claims, { ...NOTHING_AHEAD, now: NOW, headroomA: Float64Array.of(32) });
    expect(given.map(({ value, order }) => [value, order])).toEqual([
      [8, 0],
      [512, 1],
      [512, 2],
      [64, 3],
      [1, 4],
    ]);
  });
});
