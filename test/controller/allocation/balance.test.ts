import { NOTHING_AHEAD } from "#controller/allocation/strategies/strategy.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { grantBalanced, type Balance } from "#controller/allocation/balance.ts";
import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import { STRATEGY_NAMES, type StrategyName } from "#controller/model/strategy.ts";
import { instant } from "#controller/model/time.ts";
import { claimOn } from "#test/controller/support/parts.ts";

const divide = (wiring: readonly (readonly number[])[], balance: Balance, name: StrategyName = "equal-share") => {
  const headroomA = Float64Array.from([100, 100, 100]);
  const outlook = { ...NOTHING_AHEAD, now: instant(0) };
  const rules = { strategy: STRATEGIES[name], outlook, guaranteeMinimums: false };
  const { grants, loweredRows } = grantBalanced(
    wiring.map((rows, i) => claimOn(rows, i)),
    headroomA,
    rules,
    [balance],
  );
  const usedA = [0, 1, 2].map((row) =>
    grants.reduce((sum, { claim, currentA }) => sum + (claim.rows.includes(row) ? currentA : 0), 0),
  );
  return { currentA: grants.map(({ currentA }) => currentA), usedA, loweredRows };
};

const PAIRS = [0, 1, 2].flatMap((i) => [0, 1, 2].flatMap((j) => (i === j ? [] : [[i, j] as const])));

describe("the balance of phases", () => {
  const balance = { rows: [0, 1, 2], loadA: [0, 0, 0], mostA: 20 } as const;

  it("lowers vehicles on the fullest phase to the emptiest one and the permitted difference", () => {
    const { currentA, loweredRows } = divide([[0], [0], [1, 2]], balance);
    expect(currentA).toEqual([26, 26, 32]);
    expect(loweredRows).toEqual(new Set([0]));
  });

  it("leaves alone what is balanced, and what the building alone unbalances", () => {
    expect(divide([[0], [1], [2]], balance)).toMatchObject({ currentA: [32, 32, 32], loweredRows: new Set() });
    const tilted = { ...balance, loadA: [0, 90, 0] } as const;
    expect(divide([[0], [2]], tilted)).toMatchObject({ currentA: [32, 32], loweredRows: new Set() });
  });

  it("holds for every strategy, or nobody is left who adds to it", () => {
    const wiring = fc.array(fc.constantFrom<readonly number[]>([0], [1], [2], [0, 1], [0, 1, 2], [1, 2, 0]), {
      minLength: 1,
      maxLength: 8,
    });
    const loadA = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 40 })));
    fc.assert(
      fc.property(wiring, loadA, fc.constantFrom(...STRATEGY_NAMES), (wired, [L1 = 0, L2 = 0, L3 = 0], name) => {
        const { usedA, currentA } = divide(wired, { ...balance, loadA: [L1, L2, L3] }, name);
        const totalA = usedA.map((usedOneA, i) => usedOneA + ([L1, L2, L3][i] ?? 0));
        const tilting = (i: number, j: number): number =>
          wired.reduce((sum, rows, k) => sum + (rows.includes(i) && !rows.includes(j) ? (currentA[k] ?? 0) : 0), 0);
        const tilted = PAIRS.filter(([i, j]) => tilting(i, j) > 0);
        for (const [i, j] of tilted) expect((totalA[i] ?? 0) - (totalA[j] ?? 0)).toBeLessThanOrEqual(20 + 1e-6);
      }),
      { numRuns: 300 },
    );
  });
});
