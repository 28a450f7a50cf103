import { expect, test } from "vitest";
import { EMPTY_MEMORY, type Memory } from "#controller/allocation/memory.ts";
import { observe } from "#controller/allocation/observation/accounted.ts";
import { buildingLoads } from "#controller/allocation/observation/building-load.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import type { PhaseVector } from "#controller/model/phase.ts";
import { ok } from "#controller/model/result.ts";
import type { MeterScope, Site } from "#controller/model/site.ts";
import { instant } from "#controller/model/time.ts";
import { SITE } from "#test/controller/support/one-station.ts";

type Wiring = {
  readonly measures?: MeterScope | null;
  readonly isBlind?: boolean;
  readonly largestStepA?: PhaseVector;
};

const siteOf = ({ measures = "all", isBlind = false, largestStepA = [0, 0, 0] }: Wiring): Site => ({
  ...SITE,
  circuits: SITE.circuits.map((each) => ({ ...each, largestStepA, meter: measures === null ? null : "main" })),
  stations: SITE.stations.map((each) => ({ ...each, measuresCurrent: !isBlind })),
  meters: measures === null ? [] : [{ id: "main", measures, circuit: "grid", intervalMs: 1000 }],
});

/** The step of L1 that is known after these samples of it, one a second; null: a sample without this phase. */
const stepAfter = (samplesA: readonly (number | null)[], wiring: Wiring = {}): number | null | undefined => {
  const site = siteOf(wiring);
  const plan = planSite(site);
  const image = createProcessImage(site);
  let previous: Memory = EMPTY_MEMORY;
  let stepA: PhaseVector | null | undefined;
  samplesA.forEach((currentA, second) => {
    const at = instant(second * 1000);
    const reading = { meter: "main", sampledAt: at, currentA: [currentA, 1, 1], voltageV: null, powerW: null } as const;
    image.noteMeter("main", ok(reading));
    const snapshot = image.freeze(at);
    const loads = buildingLoads(plan, snapshot, observe(plan.evses, snapshot, previous), previous);
    previous = { ...previous, ...loads.memory };
    stepA = loads.circuits[0]?.stepA;
  });
  return stepA === null ? null : stepA?.[0];
};

const times = (count: number, currentA: number | null): readonly (number | null)[] =>
  Array.from({ length: count }, () => currentA);
const STEP = [...times(4, 5), ...times(4, 20)];

test("a circuit learns the largest step from its meter, and knows at least the one that was stated", () => {
  expect(stepAfter(STEP)).toBe(15);
  expect(stepAfter(STEP, { largestStepA: [18, 0, 0] })).toBe(18);
  expect(stepAfter(STEP, { largestStepA: [8, 0, 0] })).toBe(15);
});

test("a station that does not measure teaches no step, unless the meter does not measure it either", () => {
  expect(stepAfter(STEP, { isBlind: true })).toBeNull();
  expect(stepAfter(STEP, { isBlind: true, measures: "building" })).toBe(15);
});

test("a phase that the meter leaves out is no step, however much it counts for meanwhile", () => {
  expect(stepAfter([...times(4, 5), ...times(4, null), ...times(4, 5)])).toBe(0);
});

test("a circuit without a meter has no step: what is stated of its load is counted in full", () => {
  expect(stepAfter(STEP, { measures: null, largestStepA: [8, 0, 0] })).toBeNull();
});
