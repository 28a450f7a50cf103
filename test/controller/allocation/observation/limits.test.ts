import { describe, expect, test } from "vitest";
import { effectiveLimits, usable } from "#controller/allocation/observation/limits.ts";
import { planSite } from "#controller/allocation/plan.ts";
import type { Limit } from "#controller/model/limit.ts";
import { instant } from "#controller/model/time.ts";
import { circuit, evse, siteOf, snapshot } from "#test/controller/support/parts.ts";

const GRID = circuit({ id: "grid", sealedA: [63, 63, 50], reserveA: 4 });
const plan = planSite(
  siteOf({ circuits: [GRID, circuit({ id: "sub", parent: "grid" })], evses: [evse("bay", { circuit: "sub" })] }),
);
const limit = (part: Partial<Limit>): Limit => ({
  circuit: "grid",
  source: "operating",
  scope: "all",
  limitA: [40, 40, 40],
  powerW: null,
  lease: null,
  ...part,
});
const onGrid = (limits: readonly Limit[], atMs = 0) => effectiveLimits(plan, snapshot({ atMs, limits }))[0];

describe("the limit in force (R5)", () => {
  test("is the sealed one where nothing else is lower", () => {
    expect(onGrid([])).toMatchObject({ limitA: [63, 63, 50], source: ["sealed", "sealed", "sealed"] });
    expect(onGrid([limit({ limitA: [70, 63, 90] })])).toMatchObject({
      limitA: [63, 63, 50],
      source: ["sealed", "sealed", "sealed"],
    });
  });

  test("is the lowest of all sources, phase by phase, and names whose it is", () => {
    const lease = { expiresAt: instant(1000), afterwards: { limitA: [30, 30, 30], powerW: null } } as const;
    const limits = [limit({ limitA: [40, 40, 60] }), limit({ source: "flow", limitA: [50, 20, 50], lease })];
    expect(onGrid(limits)).toMatchObject({ limitA: [40, 20, 50], source: ["operating", "flow", "sealed"] });
    expect(onGrid(limits.toReversed())).toMatchObject({
      limitA: [40, 20, 50],
      source: ["operating", "flow", "sealed"],
    });
  });

  test("is, from the moment a lease expires, what the lease named for afterwards", () => {
    const lease = { expiresAt: instant(1000), afterwards: { limitA: [30, 30, 30], powerW: null } } as const;
    const limits = [limit({ source: "flow", lease })];
    expect(onGrid(limits, 999)?.limitA).toEqual([40, 40, 40]);
    expect(onGrid(limits, 1000)?.limitA).toEqual([30, 30, 30]);
  });

  test("holds on its own circuit alone, and is never below zero", () => {
    const [grid, sub] = effectiveLimits(plan, snapshot({ limits: [limit({ circuit: "sub", limitA: [-5, 9, 99] })] }));
    expect(grid?.limitA).toEqual([63, 63, 50]);
    expect(sub).toMatchObject({ limitA: [0, 9, 32], source: ["operating", "operating", "sealed"] });
  });

  test("is usable less the reserve, never below zero", () => {
    expect(usable(GRID, onGrid([limit({ limitA: [40, 3, 4] })]))).toEqual([36, 0, 0]);
    expect(usable(GRID, undefined)).toEqual([0, 0, 0]);
  });
});
