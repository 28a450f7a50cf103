import { describe, expect, it } from "vitest";
import { EMPTY_TABLE } from "#drivers/simulator/world/building.ts";
import {
  advance,
  createWorld,
  fuseReports,
  order,
  sessionOutcomes,
  stepBuilding,
  trueCurrents,
  type World,
} from "#drivers/simulator/world/world.ts";
import { GRID, sessionAt, specAt } from "./fixtures.ts";

const PANEL = { id: "panel", parent: "grid", limitA: [40, 40, 40] } as const;

const setAll = (world: World, setA: number): void => {
  for (const evse of world.evses) order(world, evse, { setA });
};

describe("a world", () => {
  it("puts each terminal on the grid phase it is wired to", () => {
    const evses = [specAt("a", { phases: ["L2", "L3", "L1"] })];
    const world = createWorld({ circuits: [GRID], evses }, [sessionAt("a/1", { phases: 1 })], EMPTY_TABLE);
    setAll(world, 16);
    advance(world, 1000);
    expect(trueCurrents(world, "grid", "all")).toEqual([0, 16, 0]);
  });

  it("loads the first two terminals with a two-phase car, in the wired order", () => {
    const evses = [specAt("a", { phases: ["L3", "L1", "L2"] })];
    const world = createWorld({ circuits: [GRID], evses }, [sessionAt("a/1", { phases: 2 })], EMPTY_TABLE);
    setAll(world, 10);
    advance(world, 1000);
    expect(trueCurrents(world, "grid", "ev")).toEqual([10, 0, 10]);
  });

  it("sums what hangs below a circuit, whatever order the circuits come in", () => {
    const evses = [specAt("a", { circuit: "panel" }), specAt("b")];
    const table = { periodMs: 60_000, loadA: new Map([["panel", [[5, 0, 0] as const]]]) };
    const world = createWorld({ circuits: [PANEL, GRID], evses }, [sessionAt("a/1"), sessionAt("b/1")], table);
    setAll(world, 8);
    advance(world, 1000);
    expect(trueCurrents(world, "panel", "all")).toEqual([13, 8, 8]);
    expect(trueCurrents(world, "grid", "all")).toEqual([21, 16, 16]);
    expect(trueCurrents(world, "grid", "building")).toEqual([5, 0, 0]);
  });

  it("follows the building's table period by period, and steps on command", () => {
    const table = { periodMs: 60_000, loadA: new Map([["grid", [[10, 0, 0] as const, [30, 0, 0] as const]]]) };
    const world = createWorld({ circuits: [GRID], evses: [] }, [], table);
    advance(world, 59_000);
    expect(trueCurrents(world, "grid", "all")[0]).toBe(10);
    advance(world, 61_000);
    expect(trueCurrents(world, "grid", "all")[0]).toBe(30);
    stepBuilding(world, "grid", "L1", 80);
    advance(world, 62_000);
    expect(trueCurrents(world, "grid", "all")[0]).toBe(110);
    expect(fuseReports(world)[0]).toMatchObject({ circuit: "grid", phase: "L1", peakA: 110, longestAboveS: 1 });
  });

  it("plugs in and out at the times of the sessions and counts what each got", () => {
    const sessions = [
      sessionAt("a/1", {}, { id: "first", arrivesAtMs: 0, departsAtMs: 3_600_000 }),
      sessionAt("a/1", { energyWantedWh: 500 }, { id: "second", arrivesAtMs: 3_600_000 }),
    ];
    const world = createWorld({ circuits: [GRID], evses: [specAt("a", { powerOnA: 10 })] }, sessions, EMPTY_TABLE);
    advance(world, 3_600_000 * 3);
    const [first, second] = sessionOutcomes(world);
    expect(first).toMatchObject({ session: "first", hasLeft: true });
    expect(first?.deliveredWh).toBeCloseTo(6900, 0);
    expect(second).toMatchObject({ session: "second", hasLeft: false });
    expect(second?.deliveredWh).toBeGreaterThan(499);
    expect(second?.deliveredWh).toBeLessThan(501);
  });

  it("comes to the same in one leap as in many small advances", () => {
    const make = (): World => {
      const evses = [
        specAt("a", { holdOffMs: 1500, powerOnA: 20 }),
        specAt("b", { powerOnA: 12, phases: ["L2", "L3", "L1"] }),
      ];
      const habits = { energyWantedWh: 3000, tapersFrom: 0.6, onePhaseMs: 2500, raisesAfterMs: 700 };
      return createWorld(
        { circuits: [GRID], evses },
        [sessionAt("a/1", habits), sessionAt("b/1", habits)],
        EMPTY_TABLE,
      );
    };
    const leap = make();
    const small = make();
    advance(leap, 1_800_000);
    for (let nowMs = 100; nowMs <= 1_800_000; nowMs += 100) advance(small, nowMs);
    expect(fuseReports(small).map(({ worstMinuteS }) => worstMinuteS.toFixed(3))).toEqual(
      fuseReports(leap).map(({ worstMinuteS }) => worstMinuteS.toFixed(3)),
    );
    expect(sessionOutcomes(small)[0]?.deliveredWh).toBeCloseTo(sessionOutcomes(leap)[0]?.deliveredWh ?? 0, 6);
  });

  it("refuses circuits that form no tree", () => {
    expect(() => createWorld({ circuits: [PANEL], evses: [] }, [], EMPTY_TABLE)).toThrow("tree");
  });
});
