import { expect, test } from "vitest";
import { EMPTY_MEMORY, NEW_EVSE, type EvseMemory } from "#controller/allocation/memory.ts";
import { observe } from "#controller/allocation/observation/accounted.ts";
import { buildingLoads } from "#controller/allocation/observation/building-load.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { allPhases, type PhaseVector } from "#controller/model/phase.ts";
import { instant } from "#controller/model/time.ts";
import { evse, SITE } from "#test/controller/support/one-station.ts";

const METERED = {
  ...SITE,
  circuits: SITE.circuits.map((circuit) => ({ ...circuit, meter: "main" })),
  meters: [{ id: "main", measures: "all", circuit: SITE.circuits[0]?.id ?? "", intervalMs: 1000 } as const],
};
const plan = planSite(METERED);

/** The building load seen when the station, read at 1,000 ms, drew 16 A and the meter showed 40 A at the given time. */
const buildingAt = (meterAtMs: number, memory: Partial<EvseMemory>): PhaseVector | undefined => {
  const unsaid = { offeredA: null, powerW: null, energyWh: null, failsafeA: null, failsafeTimeoutMs: null };
  const contact = { station: "bay", isReachable: true, lastAnswerAt: instant(1000), isFailsafeProven: true };
  const reading = { evse: evse.id, sampledAt: instant(1000), state: "C", terminalA: allPhases(16), ...unsaid } as const;
  const meter = { meter: "main", sampledAt: instant(meterAtMs), currentA: allPhases(40), voltageV: null, powerW: null };
  const snapshot = {
    at: instant(meterAtMs),
    evses: new Map([[evse.id, reading]]),
    meters: new Map([["main", meter]]),
    inverters: new Map(),
    contacts: new Map([["bay", { ...contact, traffic: "all" as const, hasFallenBack: false }]]),
    writes: new Map(),
    limits: [],
    needs: new Map(),
    boosts: new Map(),
    strategy: "equal-share" as const,
    prices: [],
    isEmergencyStopped: false,
    isOnGenerator: false,
    faults: [],
  };
  const previous = { ...EMPTY_MEMORY, evses: new Map([[evse.id, { ...NEW_EVSE, boundA: 16, ...memory }]]) };
  return buildingLoads(plan, snapshot, observe(plan.evses, snapshot, previous), previous).circuits[0]?.loadA;
};

test("what our EVSEs drew is taken off the meter", () => {
  expect(buildingAt(1100, { setpointA: 16, changedAt: instant(0) })).toEqual([24, 24, 24]);
});

test("a vehicle told less since it was last read may have followed when the meter sampled: the load counts as higher", () => {
  const told = { setpointA: 6, changedAt: instant(1050) };
  expect(buildingAt(1100, told)).toEqual([34, 34, 34]);
  expect(buildingAt(1040, told)).toEqual([24, 24, 24]);
});
