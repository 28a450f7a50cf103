import { describe, expect, test } from "vitest";
import { EMPTY_MEMORY, type Memory } from "#controller/allocation/memory.ts";
import { buildingLoads, type BuildingLoads } from "#controller/allocation/observation/building-load.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { ALIGNMENT_MS, LOAD_MEMORY_MS, METER_FROZEN_MS } from "#controller/allocation/timing.ts";
import { allPhases, type PhaseVector } from "#controller/model/phase.ts";
import type { Meter } from "#controller/model/site.ts";
import { instant } from "#controller/model/time.ts";
import { circuit, evse, observed, reading, siteOf, snapshot } from "#test/controller/support/parts.ts";

const METER: Meter = { id: "main", measures: "all", circuit: "grid", intervalMs: 1000 };
const metered = (meter: Partial<Meter> = {}, exportCreditA = 0) =>
  planSite(
    siteOf({
      exportCreditA,
      circuits: [circuit({ id: "grid", meter: "main", sealedA: allPhases(60), fallbackLoadA: [30, 20, 10] })],
      evses: [evse("bay", { circuit: "grid" })],
      meters: [{ ...METER, ...meter }],
    }),
  );

type Scene = {
  readonly atMs: number;
  /** What the meter said and when; undefined: it never answered. */
  readonly metersA?: readonly [number | null, number | null, number | null];
  readonly metersAtMs?: number;
  readonly drawnA?: PhaseVector | null;
  readonly readAtMs?: number;
  readonly previous?: Memory;
  readonly plan?: ReturnType<typeof planSite>;
};

const look = (scene: Scene): BuildingLoads => {
  const { atMs, metersA, metersAtMs = atMs, drawnA = null, readAtMs = metersAtMs, plan = metered() } = scene;
  const said = { meter: "main", sampledAt: instant(metersAtMs), voltageV: null, powerW: null };
  const meters = new Map(metersA === undefined ? [] : [["main", { ...said, currentA: metersA }] as const]);
  const seen = plan.evses.map((planned) =>
    observed({ planned, drawnA, reading: reading({ sampledAt: instant(readAtMs) }) }),
  );
  return buildingLoads(plan, snapshot({ atMs, meters }), seen, scene.previous ?? EMPTY_MEMORY);
};
const grid = (scene: Scene) => {
  const [load] = look(scene).circuits;
  if (load === undefined) throw new Error("one circuit");
  return load;
};
const remembered = (scene: Scene): Memory => ({ ...EMPTY_MEMORY, ...look(scene).memory });

describe("the building load of a metered circuit", () => {
  test("is what the meter shows less what our vehicles drew when it sampled", () => {
    expect(grid({ atMs: 0, metersA: [20, 30, 40], drawnA: [6, 7, 8] })).toEqual({
      loadA: [14, 23, 32],
      peakA: [14, 23, 32],
      meterState: "fresh",
      meterAgeMs: 0,
      stepA: null,
    });
  });

  test("is not reduced by readings from another time", () => {
    const at = (readAtMs: number) => grid({ atMs: 9000, metersA: [20, 20, 20], drawnA: [6, 6, 6], readAtMs }).loadA;
    expect(at(9000 - ALIGNMENT_MS)).toEqual([14, 14, 14]);
    expect(at(9000 - ALIGNMENT_MS - 1)).toEqual([20, 20, 20]);
    expect(grid({ atMs: 9000, metersA: [20, 20, 20], drawnA: null }).loadA).toEqual([20, 20, 20]);
  });

  test("is not reduced by vehicles where the meter sees the building alone", () => {
    const plan = metered({ measures: "building" });
    expect(grid({ plan, atMs: 0, metersA: [20, 20, 20], drawnA: [6, 6, 6] }).loadA).toEqual([20, 20, 20]);
  });

  test("is never below zero, or below what may be counted of an export", () => {
    const scene = { atMs: 0, metersA: [3, -4, -20], drawnA: [6, 0, 0] } as const;
    expect(grid(scene).loadA).toEqual([0, 0, 0]);
    expect(grid({ ...scene, plan: metered({}, 10) }).loadA).toEqual([-3, -4, -10]);
  });

  test("is the whole limit on a phase that the meter leaves out", () => {
    expect(grid({ atMs: 0, metersA: [20, null, 0] }).loadA).toEqual([20, 60, 0]);
  });
});

describe("an old meter (R4)", () => {
  const aged = (ageMs: number, intervalMs = 1000) =>
    grid({ plan: metered({ intervalMs }), atMs: ageMs, metersAtMs: 0, metersA: [25, 15, 5] });

  test("is fresh for two seconds, or for one and a half of its intervals where that is longer", () => {
    expect(aged(2000).meterState).toBe("fresh");
    expect(aged(2001).meterState).toBe("old");
    expect(aged(6000, 4000).meterState).toBe("fresh");
    expect(aged(6001, 4000).meterState).toBe("old");
    expect(aged(2001).meterAgeMs).toBe(2001);
  });

  test("is lost after five seconds, or after three of its intervals, but after half a minute at the latest", () => {
    expect(aged(5000).meterState).toBe("old");
    expect(aged(5001).meterState).toBe("lost");
    expect(aged(12_000, 4000).meterState).toBe("old");
    expect(aged(12_001, 4000).meterState).toBe("lost");
    expect(aged(30_000, 15_000).meterState).toBe("old");
    expect(aged(30_001, 15_000).meterState).toBe("lost");
  });

  test("is believed with an allowance that grows from one and a half intervals on", () => {
    expect(aged(1500).loadA).toEqual([25, 15, 5]);
    expect(aged(3500).loadA).toEqual([26, 16, 6]);
    expect(aged(8000, 4000).loadA).toEqual([26, 16, 6]);
  });

  test("counts, once lost, as the fallback or what it last showed with its allowance, whichever is more", () => {
    expect(aged(7500).loadA).toEqual([30, 20, 10]);
    expect(aged(17_500).loadA).toEqual([33, 23, 13]);
  });

  test("keeps the last load known when it stops answering at all", () => {
    const previous = remembered({ atMs: 0, metersA: [45, 5, 5] });
    const load = grid({ atMs: 1000, previous });
    expect(load).toMatchObject({ loadA: [45, 20, 10], meterState: "lost", meterAgeMs: null });
  });

  test("counts as its fallback when it never answered", () => {
    expect(grid({ atMs: 0 })).toMatchObject({ loadA: [30, 20, 10], meterState: "lost", meterAgeMs: null });
  });
});

describe("a frozen meter", () => {
  const again = (previous: Memory, scene: Partial<Scene>): BuildingLoads =>
    look({ atMs: 2000, metersA: [20, 20, 20], previous, ...scene });
  const state = (loads: BuildingLoads) => loads.circuits[0]?.meterState;

  test("is one that does not follow what our vehicles do, after two seconds or two intervals", () => {
    const previous = remembered({ atMs: 0, metersA: [20, 20, 20], drawnA: [6, 6, 6] });
    const draws = { drawnA: [6, 8.5, 6] } as const;
    expect(state(again(previous, draws))).toBe("frozen");
    expect(state(again(previous, { ...draws, atMs: 1999 }))).toBe("fresh");
    expect(state(again(previous, { drawnA: [6, 3.5, 6] }))).toBe("frozen");
    expect(state(again(previous, { drawnA: [6, 8, 6] }))).toBe("fresh");
    const plan = metered({ intervalMs: 2000 });
    expect(state(again(previous, { ...draws, plan, atMs: 3999 }))).toBe("fresh");
    expect(state(again(previous, { ...draws, plan, atMs: 4000 }))).toBe("frozen");
  });

  test("is not one that shows something new, on whatever phase", () => {
    const previous = remembered({ atMs: 0, metersA: [20, 20, 20], drawnA: [6, 6, 6] });
    expect(state(again(previous, { metersA: [20, 20, 20.1], drawnA: [16, 16, 16] }))).toBe("fresh");
    const since = again(previous, { metersA: [20, 20, 20.1], drawnA: [16, 16, 16] }).memory.meters.get("main");
    expect(since).toMatchObject({ unchangedSince: 2000, drawnA: [16, 16, 16], currentA: [20, 20, 20.1] });
  });

  test("is judged by what our vehicles drew when its value came up, however often it is read since", () => {
    const first = remembered({ atMs: 0, metersA: [20, 20, 20], drawnA: [6, 6, 6] });
    const second = remembered({ atMs: 1000, metersA: [20, 20, 20], drawnA: [7, 7, 7], previous: first });
    expect(second.meters.get("main")).toMatchObject({ unchangedSince: 0, drawnA: [6, 6, 6], sampledAt: 1000 });
    expect(state(again(second, { drawnA: [8.5, 8.5, 8.5] }))).toBe("frozen");
  });

  test("is not expected to follow our vehicles where it sees the building alone", () => {
    const plan = metered({ measures: "building" });
    const previous = remembered({ plan, atMs: 0, metersA: [20, 20, 20], drawnA: [6, 6, 6] });
    expect(state(again(previous, { plan, drawnA: [16, 16, 16] }))).toBe("fresh");
  });

  test("is one that stands still for long under a load above half the limit", () => {
    const still = (loadA: number, ms: number) => {
      const scene = { metersA: [0, loadA, 0], drawnA: null } as const;
      return state(look({ ...scene, atMs: ms, previous: remembered({ ...scene, atMs: 0 }) }));
    };
    expect(still(30.1, METER_FROZEN_MS)).toBe("frozen");
    expect(still(30.1, METER_FROZEN_MS - 1)).toBe("fresh");
    expect(still(30, METER_FROZEN_MS)).toBe("fresh");
  });

  test("counts as its fallback or what it shows, whichever is more", () => {
    const previous = remembered({ atMs: 0, metersA: [20, 20, 50], drawnA: [0, 0, 0] });
    const frozen = look({ atMs: 2000, metersA: [20, 20, 50], drawnA: [6, 0, 0], previous });
    expect(frozen.circuits[0]).toMatchObject({ meterState: "frozen", loadA: [30, 20, 50] });
  });
});

describe("the peak of recent loads", () => {
  test("is kept phase by phase for ten seconds", () => {
    const first = remembered({ atMs: 0, metersA: [20, 5, 5] });
    const second = remembered({ atMs: 5000, metersA: [5, 20, 5], previous: first });
    const peak = (atMs: number) => grid({ atMs, metersA: [5, 5, 6], previous: second });
    expect(peak(LOAD_MEMORY_MS - 1)).toMatchObject({ loadA: [5, 5, 6], peakA: [20, 20, 6] });
    expect(peak(LOAD_MEMORY_MS).peakA).toEqual([5, 20, 6]);
  });

  test("is below zero only as long as all of them were", () => {
    const plan = metered({}, 50);
    const first = remembered({ plan, atMs: 0, metersA: [-9, -9, -9] });
    expect(grid({ plan, atMs: 1000, metersA: [-12, -5, -9], previous: first }).peakA).toEqual([-9, -5, -9]);
  });
});

describe("the building load of a circuit without a meter", () => {
  const tree = planSite(
    siteOf({
      circuits: [
        circuit({ id: "grid", otherLoadA: [1, 2, 3] }),
        circuit({ id: "left", parent: "grid", otherLoadA: [10, 10, 10] }),
        circuit({ id: "right", parent: "grid", meter: "main", fallbackLoadA: [9, 9, 9] }),
        circuit({ id: "deep", parent: "left", otherLoadA: [5, 0, 0] }),
      ],
      evses: [evse("bay", { circuit: "left" }), evse("far", { circuit: "right" })],
      meters: [{ ...METER, circuit: "right" }],
    }),
  );

  test("is what was stated and what lies below, at every level", () => {
    const { circuits } = look({ plan: tree, atMs: 0, metersA: [7, 8, 9] });
    expect(circuits.map(({ loadA }) => loadA)).toEqual([
      [23, 20, 22],
      [15, 10, 10],
      [7, 8, 9],
      [5, 0, 0],
    ]);
    expect(circuits.map(({ meterState }) => meterState)).toEqual([null, null, "fresh", null]);
    expect(circuits[0]?.meterAgeMs).toBeNull();
  });

  test("takes off what vehicles behind a meter draw, and no others", () => {
    const [, , right] = look({ plan: tree, atMs: 0, metersA: [17, 18, 19], drawnA: [6, 6, 6] }).circuits;
    expect(right?.loadA).toEqual([11, 12, 13]);
  });

  test("is stated where the meter sees our vehicles alone", () => {
    const plan = planSite(
      siteOf({
        exportCreditA: 5,
        circuits: [circuit({ id: "grid", meter: "main", otherLoadA: [4, -4, -9] })],
        evses: [],
        meters: [{ ...METER, measures: "ev" }],
      }),
    );
    expect(grid({ plan, atMs: 0, metersA: [50, 50, 50] })).toMatchObject({ loadA: [4, -4, -5], meterState: null });
  });
});
