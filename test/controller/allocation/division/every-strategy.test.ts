import { NOTHING_AHEAD } from "#controller/allocation/strategies/strategy.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Claim } from "#controller/allocation/division/claims.ts";
import type { Grant } from "#controller/allocation/division/grant.ts";
import { grantClaims } from "#controller/allocation/division/grants.ts";
import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import { instant } from "#controller/model/time.ts";
import { STRATEGY_NAMES, type StrategyName } from "#controller/model/strategy.ts";
import { claim } from "#test/controller/support/parts.ts";

const ROWS = 4;
const HOUR = 3_600_000;
const NOW = instant(10 * HOUR);

const history = fc.oneof(
  fc.record({ waitingSince: fc.integer({ min: 8 * HOUR, max: NOW }).map(instant) }),
  fc.record({
    setpointA: fc.constantFrom(6, 10),
    servedSince: fc.integer({ min: 8 * HOUR, max: NOW }).map(instant),
    pauses: fc.nat({ max: 3 }),
  }),
);

const claims = fc.array(
  fc
    .record({
      rows: fc.uniqueArray(fc.nat({ max: ROWS - 1 }), { minLength: 1, maxLength: 3 }),
      maxA: fc.constantFrom(10, 16, 32),
      stepA: fc.constantFrom(0.1, 0.5, 1),
      priority: fc.nat({ max: 2 }),
      weight: fc.constantFrom(0.5, 1, 3),
      arrivedAt: fc.integer({ min: 0, max: NOW }).map(instant),
      isIdle: fc.constantFrom(false, false, false, true),
      need: fc.record({
        isEstimated: fc.boolean(),
        energyWh: fc.option(fc.integer({ min: 0, max: 60_000 })),
        departsAt: fc.option(fc.integer({ min: 9 * HOUR, max: 20 * HOUR }).map(instant)),
      }),
      history,
    })
    .map((part) => claim({ ...part, wattsPerA: 230 * part.rows.length })),
  { minLength: 1, maxLength: 8 },
);
const room = fc.array(fc.integer({ min: 0, max: 80 }), { minLength: ROWS, maxLength: ROWS });

const divided = (strategy: StrategyName, all: readonly Claim[], headroomA: Float64Array, guaranteeMinimums = false) =>
  grantClaims(all, headroomA, {
    strategy: STRATEGIES[strategy],
    outlook: { ...NOTHING_AHEAD, now: NOW },
    guaranteeMinimums,
  });

const loads = (grants: readonly Pick<Grant, "claim" | "currentA">[]): readonly number[] =>
  Array.from({ length: ROWS }, (_, row) =>
    grants.reduce((sum, each) => sum + (each.claim.rows.includes(row) ? each.currentA : 0), 0),
  );

describe.each(STRATEGY_NAMES)("a division by %s", (strategy) => {
  test("gives zero or what the EVSE accepts, within every row, and spends the headroom exactly", () => {
    fc.assert(
      fc.property(claims, room, fc.boolean(), (all, roomA, guaranteeMinimums) => {
        const headroomA = Float64Array.from(roomA);
        const grants = divided(strategy, all, headroomA, guaranteeMinimums);
        expect(grants.map((each) => each.claim)).toEqual(all);
        for (const { claim: asked, currentA, isAdmitted } of grants) {
          expect(isAdmitted).toBe(currentA > 0);
          if (!isAdmitted) continue;
          expect(currentA).toBeGreaterThanOrEqual(asked.minA);
          expect(currentA).toBeLessThanOrEqual(asked.maxA + 1e-6);
          expect(Math.abs(currentA / asked.stepA - Math.round(currentA / asked.stepA))).toBeLessThan(1e-3);
        }
        loads(grants).forEach((loadA, row) => {
          expect(loadA).toBeLessThanOrEqual((roomA[row] ?? 0) + 1e-4);
          expect(headroomA[row]).toBeCloseTo((roomA[row] ?? 0) - loadA, 4);
        });
      }),
      { numRuns: 150 },
    );
  });
});

const UNHELD = STRATEGY_NAMES.filter((name) => STRATEGIES[name].holdsBack === undefined);

describe.each(UNHELD)("a division by %s, which holds nobody back", (strategy) => {
  test("leaves no step unused that somebody served could take, and nobody off who would fit", () => {
    fc.assert(
      fc.property(claims, room, (all, roomA) => {
        const headroomA = Float64Array.from(roomA);
        const fits = (asked: Claim, currentA: number) =>
          [...asked.rows].every((row) => (headroomA[row] ?? 0) >= currentA + 1e-4);
        for (const { claim: asked, currentA } of divided(strategy, all, headroomA)) {
          const moreA = currentA === 0 ? asked.minA : asked.stepA;
          expect(currentA + moreA <= asked.maxA && fits(asked, moreA)).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("serves with guaranteed minimums everybody whose minimums fit together", () => {
    fc.assert(
      fc.property(claims, room, (all, roomA) => {
        const active = all.filter(({ isIdle }) => !isIdle);
        const leastA = loads(active.map((each) => ({ claim: each, currentA: each.minA })));
        fc.pre(leastA.every((loadA, row) => loadA <= (roomA[row] ?? 0)));
        const grants = divided(strategy, active, Float64Array.from(roomA), true);
        expect(grants.every(({ isAdmitted }) => isAdmitted)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe.each(["equal-share", "first-come", "weighted"] as const)("the classes of %s", (strategy) => {
  test("are strict: what the highest gets does not depend on those below", () => {
    fc.assert(
      fc.property(claims, room, (all, roomA) => {
        const top = Math.max(...all.map(({ priority, isIdle }) => (isIdle ? -1 : priority)));
        const best = all.filter(({ priority, isIdle }) => !isIdle && priority === top);
        const alone = divided(strategy, best, Float64Array.from(roomA));
        const among = divided(strategy, all, Float64Array.from(roomA)).filter((each) => best.includes(each.claim));
        expect(among.map(({ currentA }) => currentA)).toEqual(alone.map(({ currentA }) => currentA));
      }),
      { numRuns: 150 },
    );
  });
});
