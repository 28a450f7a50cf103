import { describe, expect, test } from "vitest";
import type { BuildingLoad } from "#controller/allocation/observation/building-load.ts";
import { effectiveLimits, type EffectiveLimit } from "#controller/allocation/observation/limits.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { addOnRows, rowStates, sumOnRows } from "#controller/allocation/row-states.ts";
import { ZERO } from "#controller/model/phase.ts";
import type { Circuit } from "#controller/model/site.ts";
import { circuit, evse, observed, siteOf, snapshot } from "#test/controller/support/parts.ts";

const planOf = (...circuits: readonly Circuit[]) =>
  planSite(siteOf({ circuits, evses: [evse("a", { circuit: circuits.at(-1)?.id ?? "" })] }));
const load = (part: Partial<BuildingLoad> = {}): BuildingLoad => ({
  loadA: ZERO,
  peakA: ZERO,
  meterState: null,
  meterAgeMs: null,
  stepA: null,
  ...part,
});
const states = (
  plan: ReturnType<typeof planOf>,
  loads: readonly BuildingLoad[],
  limits: readonly Partial<EffectiveLimit>[] = [],
) =>
  rowStates({
    plan,
    observed: plan.evses.map((planned) => observed({ planned, accountedA: [6, 7, 8] })),
    limits: effectiveLimits(plan, snapshot()).map((limit, i) => ({ ...limit, ...limits[i] })),
    loads: { circuits: loads, memory: { circuits: new Map(), meters: new Map() } },
  });
const GRID = circuit({ id: "grid", sealedA: [60, 50, 40], reserveA: 5 });

describe("the rows before any decision", () => {
  test("have the limit less the reserve and the peak of the building load, phase by phase", () => {
    const { headroomA } = states(planOf(GRID), [load({ loadA: [1, 1, 1], peakA: [10, 20, 40] })]);
    expect([...headroomA]).toEqual([45, 25, -5, Infinity]);
  });

  test("bear the power of the circuit less that of the building, and of EVSEs alone without it", () => {
    const power = (limit: Partial<EffectiveLimit>) =>
      states(planOf(GRID), [load({ peakA: [1, 2, 4] })], [limit]).headroomA[3];
    expect(power({ powerW: 23_000 })).toBe(93);
    expect(power({ evPowerW: 9200 })).toBe(40);
    expect(power({ powerW: 23_000, evPowerW: 9200 })).toBe(40);
    expect(power({ powerW: 2300, evPowerW: 9200 })).toBe(3);
  });

  test("count all EVSEs behind a circuit at what they may draw", () => {
    const plan = planOf(GRID, circuit({ id: "sub", parent: "grid" }));
    const { accountedA, headroomA } = states(plan, [load(), load({ peakA: [1, 2, 3] })]);
    expect([...headroomA].slice(0, 6)).toEqual([55, 45, 35, 31, 30, 29]);
    expect([...accountedA]).toEqual([6, 7, 8, 6, 7, 8, 21, 21]);
  });
});

describe("raises", () => {
  const forbidden = (plan: ReturnType<typeof planOf>, ...meterStates: readonly BuildingLoad["meterState"][]) =>
    [
      ...states(
        plan,
        meterStates.map((meterState) => load({ meterState })),
      ).isRaiseForbidden,
    ].slice(0, -meterStates.length);

  test.each([
    ["fresh", 0],
    [null, 0],
    ["old", 1],
    ["frozen", 1],
    ["lost", 1],
  ] as const)("behind a meter that is %s are forbidden or not", (meterState, isForbidden) => {
    expect(forbidden(planOf(GRID), meterState)).toEqual([isForbidden, isForbidden, isForbidden]);
  });

  test("are forbidden where nothing is known of a load", () => {
    expect([...states(planOf(GRID), []).isRaiseForbidden].slice(0, 3)).toEqual([1, 1, 1]);
  });

  test("are forbidden above an old meter as far up as nothing else measures", () => {
    const below = [circuit({ id: "mid", parent: "grid" }), circuit({ id: "low", parent: "mid", meter: "m" })];
    expect(forbidden(planOf(GRID, ...below), null, null, "old")).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(forbidden(planOf(GRID, ...below), null, null, "fresh")).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const measured = { ...GRID, meter: "main" };
    expect(forbidden(planOf(measured, ...below), "fresh", null, "old")).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1]);
  });

  test("beside an old meter are not forbidden", () => {
    const beside = [circuit({ id: "left", parent: "grid" }), circuit({ id: "right", parent: "grid", meter: "m" })];
    expect(forbidden(planOf(GRID, ...beside), null, null, "lost")).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1]);
  });
});

test("currents are summed on all rows an EVSE can load, and taken off again", () => {
  const plan = planOf(GRID);
  const seen = plan.evses.map((planned) => observed({ planned, drawnA: [1, 2, 3] }));
  const rowsA = sumOnRows(plan, [...seen, ...seen], ({ drawnA }) => drawnA ?? ZERO);
  expect([...rowsA]).toEqual([2, 4, 6, 12]);
  const [planned] = plan.evses;
  if (planned !== undefined) addOnRows(rowsA, planned, [1, 0, 2], -1);
  expect([...rowsA]).toEqual([1, 4, 4, 9]);
});
