import { describe, expect, test } from "vitest";
import { describeRow, isBehind, phaseBit, phaseOfEntry, planSite, powerRow } from "#controller/allocation/plan.ts";
import { circuit, evse, siteOf } from "#test/controller/support/parts.ts";

const SITE = siteOf({
  circuits: [
    circuit({ id: "grid" }),
    circuit({ id: "left", parent: "grid" }),
    circuit({ id: "right", parent: "grid" }),
  ],
  evses: [evse("a", { circuit: "right", phases: ["L3", "L1"] }), evse("b", { circuit: "grid" })],
});
const plan = planSite(SITE);
const [a, b] = plan.evses;

describe("the plan of a site", () => {
  test("lists for each mask of phases the rows of all circuits up to the root, and their power once a phase", () => {
    expect(a?.wiredMask).toBe(5);
    expect(a?.path).toEqual([2, 0]);
    expect([...(a?.rowsByMask[5] ?? [])]).toEqual([6, 8, 11, 11, 0, 2, 9, 9]);
    expect([...(b?.rowsByMask[2] ?? [])]).toEqual([1, 9]);
    expect([...(b?.rowsByMask[0] ?? [])]).toEqual([]);
    expect(plan.rowCount).toBe(12);
    expect(plan.parentIndex).toEqual([-1, 0, 0]);
  });

  test("goes up to the root however deep the tree", () => {
    const ids = ["a", "b", "c", "d"];
    const circuits = ids.map((id, i) => circuit({ id, parent: ids[i - 1] ?? null }));
    expect(planSite(siteOf({ circuits, evses: [evse("bay", { circuit: "d" })] })).evses[0]?.path).toEqual([3, 2, 1, 0]);
  });

  test("knows which EVSEs hang behind a circuit", () => {
    expect([0, 1, 2].map((index) => a !== undefined && isBehind(a, index))).toEqual([true, false, true]);
    expect([0, 1, 2].map((index) => b !== undefined && isBehind(b, index))).toEqual([true, false, false]);
  });

  test("says of each row whose it is, and on which phase; a power row is on none", () => {
    const described = (row: number) => {
      const { circuit: of, phase } = describeRow(plan, row);
      return `${of.id} ${phase}`;
    };
    expect([0, 5, 7, 8, 9, 11].map(described)).toEqual([
      "grid L1",
      "left L3",
      "right L2",
      "right L3",
      "grid null",
      "right null",
    ]);
    expect(powerRow(plan, 2)).toBe(11);
    expect(() => describeRow(plan, 12)).toThrow("no such row: 12");
  });

  test("says of each entry of a mask which phase it stands for", () => {
    expect([0, 1, 2, 3].map((entry) => phaseOfEntry(5, entry))).toEqual([0, 2, 0, 2]);
    expect([0, 1, 2, 3, 5].map((entry) => phaseOfEntry(7, entry))).toEqual([0, 1, 2, 0, 2]);
    expect(phaseOfEntry(2, 4)).toBe(1);
    expect((["L1", "L2", "L3"] as const).map(phaseBit)).toEqual([1, 2, 4]);
  });

  test("refuses a site that names what it has not", () => {
    const lost = (part: Parameters<typeof siteOf>[0]) => () => planSite(siteOf(part));
    expect(lost({ evses: [evse("a", { circuit: "cellar" })] })).toThrow("'cellar'");
    expect(lost({ circuits: [circuit({ id: "grid", parent: "street" })] })).toThrow("'street'");
    expect(() => planSite({ ...SITE, stations: [] })).toThrow("the site names 'a' but has no such part");
  });
});
