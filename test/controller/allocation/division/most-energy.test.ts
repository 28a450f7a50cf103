import { NOTHING_AHEAD } from "#controller/allocation/strategies/strategy.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Claim } from "#controller/allocation/division/claims.ts";
import { grantClaims } from "#controller/allocation/division/grants.ts";
import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import { instant } from "#controller/model/time.ts";
import { claim } from "#test/controller/support/parts.ts";

const ROWS = 4;
const tinySites = (most: number) =>
  fc
    .record({
      roomA: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: ROWS, maxLength: ROWS }),
      claims: fc.array(
        fc.record({
          rows: fc.uniqueArray(fc.nat({ max: ROWS - 1 }), { minLength: 1, maxLength: 3 }),
          maxA: fc.constantFrom(10, 16, 32),
        }),
        { minLength: 1, maxLength: most },
      ),
    })
    .map(({ roomA, claims }) => ({
      roomA,
      claims: claims.map(({ rows, maxA }) => claim({ rows, maxA, wattsPerA: 230 * rows.length })),
    }));

const mostEnergyW = (claims: readonly Claim[], roomA: readonly number[]): number =>
  grantClaims(claims, Float64Array.from(roomA), {
    strategy: STRATEGIES["most-energy"],
    outlook: { ...NOTHING_AHEAD, now: instant(0) },
    guaranteeMinimums: false,
  }).reduce((sum, { currentA, claim: { wattsPerA } }) => sum + currentA * wattsPerA, 0);

/** The most power there can be: every current of every claim is tried. */
const bestW = ([first, ...others]: readonly Claim[], roomA: readonly number[]): number => {
  if (first === undefined) return 0;
  const capA = Math.min(first.maxA, ...Array.from(first.rows, (row) => roomA[row] ?? 0));
  if (others.length === 0) return capA >= first.minA ? capA * first.wattsPerA : 0;
  let best = bestW(others, roomA);
  for (let currentA = first.minA; currentA <= capA; currentA++) {
    const leftA = roomA.map((room, row) => room - (first.rows.includes(row) ? currentA : 0));
    best = Math.max(best, currentA * first.wattsPerA + bestW(others, leftA));
  }
  return best;
};

describe("most energy on tiny sites", () => {
  test("pauses one for two others that bring more together, though not alone", () => {
    const bay = (...rows: readonly number[]) => claim({ rows, wattsPerA: 230 * rows.length });
    expect(mostEnergyW([bay(0, 1, 2), bay(0, 3), bay(1)], [11, 8, 37, 37])).toBe(230 * (2 * 11 + 8));
  });

  test("is at least 97 % of the best of all divisions", () => {
    fc.assert(
      fc.property(tinySites(4), ({ claims, roomA }) => {
        const best = bestW(claims, roomA);
        const given = mostEnergyW(claims, roomA);
        expect(given).toBeGreaterThanOrEqual(0.97 * best - 1e-6);
        expect(given).toBeLessThanOrEqual(best + 1e-6);
      }),
      { numRuns: 150 },
    );
  });

  test("does not become less with more headroom by more than a minimum", () => {
    const more = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: ROWS, maxLength: ROWS });
    fc.assert(
      fc.property(tinySites(8), more, ({ claims, roomA }, moreA) => {
        const before = mostEnergyW(claims, roomA);
        const raisedA = roomA.map((room, row) => room + (moreA[row] ?? 0));
        expect(mostEnergyW(claims, raisedA)).toBeGreaterThanOrEqual(before - 6 * 690);
      }),
      { numRuns: 500 },
    );
  });
});
