import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Claim } from "#controller/allocation/division/claims.ts";
import { grantClaims } from "#controller/allocation/division/grants.ts";
import { NEW_EVSE } from "#controller/allocation/memory.ts";
import { NOTHING_AHEAD, type Strategy, type Wish } from "#controller/allocation/strategies/strategy.ts";
import { UNKNOWN_NEED } from "#controller/model/need.ts";
import { instant } from "#controller/model/time.ts";
import { soonestFirst } from "./soonest-first.ts";

const ROWS = 6;
const NOW = instant(0);
const OUTLOOK = { ...NOTHING_AHEAD, now: NOW };

const claim = (evse: string, rest: Partial<Claim> = {}): Claim => ({
  evse,
  priority: 0,
  weight: 1,
  arrivedAt: NOW,
  wattsPerA: 690,
  isIdle: false,
  need: UNKNOWN_NEED,
  history: NEW_EVSE,
  rows: Int32Array.of(0, 1, 2),
  minA: 6,
  maxA: 32,
  stepA: 1,
  ...rest,
});

const claims = fc.array(
  fc
    .record({
      rows: fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }).map((rows) => Int32Array.from(rows)),
      maxA: fc.constantFrom(6, 10, 16, 32),
      stepA: fc.constantFrom(0.1, 1, 2),
      priority: fc.integer({ min: 0, max: 2 }),
      isIdle: fc.boolean(),
      setpointA: fc.constantFrom(0, 6, 16),
    })
    .map(({ setpointA, ...rest }) => ({ ...rest, history: { ...NEW_EVSE, setpointA } })),
  { minLength: 1, maxLength: 10 },
);

const tenths = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: min * 10, max: max * 10 }).map((value) => value / 10);

/** Wishes as no sensible strategy has them. */
const wild: fc.Arbitrary<Wish> = fc.record({
  weight: fc.oneof(tenths(0.1, 10), fc.double({ min: 1e-3, max: 1e3, noNaN: true })),
  order: fc.integer(),
  mayYield: fc.boolean(),
  floorA: fc.oneof(tenths(-10, 40), fc.double({ min: -100, max: 1e6, noNaN: true })),
  floorValue: tenths(-10, 1000),
  value: tenths(-10, 1000),
  ceilingA: fc.oneof(fc.constant(Infinity), tenths(-10, 40)),
});

const scenes = fc.record({
  asked: claims,
  wishes: fc.array(wild, { minLength: 10, maxLength: 10 }),
  roomA: fc.array(fc.integer({ min: 0, max: 80 }), { minLength: ROWS, maxLength: ROWS }),
  objective: fc.constantFrom("fair" as const, "ordered" as const, "energy" as const),
  isThorough: fc.boolean(),
  guaranteeMinimums: fc.boolean(),
});

describe("a strategy, whatever it wishes", () => {
  it("never takes a row beyond its room, and gives zero or a step between minimum, maximum and ceiling", () => {
    fc.assert(
      fc.property(scenes, ({ asked, wishes, roomA, objective, isThorough, guaranteeMinimums }) => {
        const strategy: Strategy = { objective, isThorough, wish: (all) => wishes.slice(0, all.length) };
        const all = asked.map((rest, i) => claim(`s${i}/1`, rest));
        const grants = grantClaims(all, Float64Array.from(roomA), { strategy, outlook: OUTLOOK, guaranteeMinimums });
        const usedA = new Float64Array(ROWS);
        for (const [i, { claim: each, currentA }] of grants.entries()) {
          for (const row of each.rows) usedA[row] = (usedA[row] ?? 0) + currentA;
          if (currentA === 0) continue;
          expect(currentA).toBeGreaterThanOrEqual(each.minA);
          expect(currentA).toBeLessThanOrEqual(Math.min(each.maxA, (wishes[i]?.ceilingA ?? 0) + 1e-4));
          expect(Math.abs(currentA / each.stepA - Math.round(currentA / each.stepA))).toBeLessThan(1e-4);
        }
        roomA.forEach((room, row) => expect(usedA[row]).toBeLessThanOrEqual(room + 1e-4));
      }),
      { numRuns: 500 },
    );
  });
});

describe("the example of docs/adding-a-strategy.md", () => {
  const guide = readFileSync(join(import.meta.dirname, "../../../../docs/adding-a-strategy.md"), "utf8");

  it("is the one that is tested here", () => {
    const source = readFileSync(join(import.meta.dirname, "soonest-first.ts"), "utf8");
    expect(guide).toContain(source.replace("#controller/allocation/strategies/strategy.ts", "./strategy.ts"));
  });

  it("gives whoever leaves first all it can use, and who says nothing what is left", () => {
    const leaves = (minutes: number) => ({
      need: { ...UNKNOWN_NEED, departsAt: instant(minutes * 60_000) },
    });
    const asked = [claim("silent"), claim("late", leaves(300)), claim("soon", leaves(30))];
    const rules = { strategy: soonestFirst, outlook: OUTLOOK, guaranteeMinimums: false };
    const grants = grantClaims(asked, Float64Array.of(50, 50, 50), rules);
    expect(grants.map(({ currentA }) => currentA)).toEqual([0, 18, 32]);
    expect(guide).toContain("32 A, 18 A and nothing");
  });
});
