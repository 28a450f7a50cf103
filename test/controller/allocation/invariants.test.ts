import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Observed } from "#controller/allocation/observation/accounted.ts";
import { phaseOfEntry, planSite, powerRow } from "#controller/allocation/plan.ts";
import { ZERO, type PhaseVector } from "#controller/model/phase.ts";
import type { Circuit, Site } from "#controller/model/site.ts";
import { runClosedLoop, type TestCar, type TestCycle, type TestEvent } from "#test/support/closed-loop.ts";
import { siteArbitrary } from "#test/support/random-site.ts";

const TOLERANCE_A = 1e-4;

const STILL_A = [3, 4, 5] as const;

const carArbitrary = fc.record({
  wantsA: fc.constantFrom(7, 10, 16, 32),
  terminals: fc.integer({ min: 1, max: 3 }),
  lagCycles: fc.integer({ min: 0, max: 5 }),
  state: fc.constantFrom("A" as const, "B" as const, "C" as const, "C" as const, "C" as const),
});

const eventArbitrary = (site: Site, canLoadChange: boolean): fc.Arbitrary<TestEvent> =>
  fc.record(
    {
      ...(canLoadChange ? { buildingA: fc.tuple(load, load, load) } : {}),
      isMeterSilent: fc.boolean(),
      silentStations: someOf(site, 2).map((ids) => new Set(ids)),
      unheardStations: someOf(site, 2).map((ids) => new Set(ids)),
      lostWrites: someOf(site, 3).map((ids) => new Set(ids)),
    },
    { requiredKeys: [] },
  );
const someOf = (site: Site, maxLength: number) =>
  fc.subarray(
    site.stations.map(({ id }) => id),
    { maxLength: Math.min(maxLength, site.stations.length) },
  );
const load = fc.integer({ min: -20, max: 80 });

/** Quiet stretches between events: faults that last and time for the loop to act. */
const scenario = (canLoadChange: boolean) =>
  siteArbitrary.chain((site) =>
    fc.record({
      site: fc.constant(site),
      cars: fc.tuple(...site.evses.map(() => carArbitrary)),
      events: fc
        .array(fc.tuple(eventArbitrary(site, canLoadChange), fc.integer({ min: 1, max: 40 })), {
          minLength: 1,
          maxLength: 8,
        })
        .map((parts) =>
          parts.flatMap(([event, times]) =>
            Array.from({ length: times }, () => (canLoadChange ? event : { ...event, buildingA: STILL_A })),
          ),
        ),
    }),
  );

type Scenario = { readonly site: Site; readonly cars: readonly TestCar[]; readonly events: readonly TestEvent[] };

const run = ({ site, cars, events }: Scenario): readonly TestCycle[] =>
  runClosedLoop(
    site,
    new Map(site.evses.map((evse, i) => [evse.id, clip(cars[i], evse.phases.length)] as const)),
    events,
  );

const clip = (car: TestCar | undefined, wires: number): TestCar => {
  if (car === undefined) throw new Error("a car for every EVSE");
  return { ...car, terminals: Math.min(car.terminals, wires) };
};

describe("the allocation over random sites and faults", () => {
  test("never raises into a row where accounted current, building load and reserve leave no room (R1, R3)", () => {
    fc.assert(
      fc.property(scenario(true), (input) => {
        const plan = planSite(input.site);
        for (const cycle of run(input)) expectNoRaiseIntoOverload(plan, cycle);
      }),
      { numRuns: 150 },
    );
  });

  test("never overloads a circuit by its own act while the building load stands still", () => {
    fc.assert(
      fc.property(scenario(false), (input) => {
        const limitsA = input.site.circuits.flatMap(({ sealedA }) => [...sealedA]);
        for (const { realA } of run(input))
          limitsA.forEach((limitA, row) => expect(realA[row]).toBeLessThanOrEqual(limitA + TOLERANCE_A));
      }),
      { numRuns: 150 },
    );
  });

  test("gives zero or at least the minimum, on a step, never above the maximum (R7)", () => {
    fc.assert(
      fc.property(scenario(true), (input) => {
        const evses = new Map(input.site.evses.map((evse) => [evse.id, evse]));
        for (const { allocation } of run(input)) {
          for (const { evse, currentA } of allocation.setpoints) {
            const limits = evses.get(evse);
            if (limits === undefined || currentA === 0) continue;
            expect(currentA).toBeGreaterThanOrEqual(limits.minA - TOLERANCE_A);
            expect(currentA).toBeLessThanOrEqual(limits.maxA + TOLERANCE_A);
            const steps = currentA / limits.stepA;
            expect(Math.abs(steps - Math.round(steps))).toBeLessThan(1e-3);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test("gives the same answer for the same input", () => {
    fc.assert(
      fc.property(scenario(true), (input) => {
        const decisions = (cycles: readonly TestCycle[]) => cycles.map(({ allocation }) => allocation.setpoints);
        expect(decisions(run(input))).toEqual(decisions(run(input)));
      }),
      { numRuns: 25 },
    );
  });

  test("stops everybody at once on an emergency stop (R12)", () => {
    fc.assert(
      fc.property(scenario(true), ({ site, cars, events }) => {
        const cycles = run({ site, cars, events: [...events, { isEmergencyStopped: true }] });
        expect(cycles.at(-1)?.allocation.setpoints.every(({ currentA }) => currentA === 0)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

/** Adds up every row by hand from what the cycle knew: worst case of everybody after the new setpoints, and the peak load. */
const expectNoRaiseIntoOverload = (plan: ReturnType<typeof planSite>, { allocation, before }: TestCycle): void => {
  const sumA = new Float64Array(plan.rowCount);
  const raised = new Uint8Array(plan.rowCount);
  allocation.observed.forEach((observed, i) => {
    const currentA = allocation.setpoints[i]?.currentA ?? 0;
    const wasA = before.evses.get(observed.planned.evse.id)?.setpointA ?? 0;
    const isRaised = currentA > wasA && currentA > Math.max(...observed.accountedA);
    addWorstCase(sumA, observed, currentA);
    if (isRaised) for (const row of observed.planned.rowsByMask[observed.phaseMask] ?? []) raised[row] = 1;
  });
  plan.site.circuits.forEach((circuit, c) => {
    for (const i of [0, 1, 2] as const) {
      const row = c * 3 + i;
      if (raised[row] !== 1) continue;
      const peakA = allocation.circuits[c]?.building.peakA[i] ?? 0;
      expect((sumA[row] ?? 0) + peakA, `${circuit.id} phase ${i}`).toBeLessThanOrEqual(
        circuit.sealedA[i] - circuit.reserveA + TOLERANCE_A,
      );
    }
  });
  const withPower = plan.site.circuits.map((circuit, c) => ({ circuit, c, row: powerRow(plan, c) }));
  for (const { circuit, c, row } of withPower.filter((each) => raised[each.row] === 1)) {
    expectPowerHolds(plan, { circuit, peakA: allocation.circuits[c]?.building.peakA ?? ZERO, sumA: sumA[row] ?? 0 });
  }
};

type PowerRow = { readonly circuit: Circuit; readonly peakA: PhaseVector; readonly sumA: number };

const expectPowerHolds = ({ site }: ReturnType<typeof planSite>, { circuit, peakA, sumA }: PowerRow): void => {
  const powerW = (sumA + peakA[0] + peakA[1] + peakA[2]) * site.nominalVoltageV;
  expect(powerW, `power of ${circuit.id}`).toBeLessThanOrEqual((circuit.sealedPowerW ?? Infinity) + 1);
};

const addWorstCase = (sumA: Float64Array, { planned, accountedA, phaseMask }: Observed, currentA: number): void => {
  planned.rowsByMask[7]?.forEach((row, entry) => {
    const phase = phaseOfEntry(7, entry);
    const isUsed = (phaseMask & (1 << phase)) !== 0;
    sumA[row] = (sumA[row] ?? 0) + Math.max(accountedA[phase], isUsed ? currentA : 0);
  });
};
