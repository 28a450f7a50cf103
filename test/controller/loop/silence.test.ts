import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Site } from "#controller/model/site.ts";
import { runClosedLoop, type TestCycle, type TestEvent } from "#test/support/closed-loop.ts";
import { evse, SITE } from "#test/controller/support/one-station.ts";

const LIMIT_A = 32;
const FAILSAFE_A = 6;

const ids = ["s0", "s1"];
/** Two stations that want all of one circuit; the watchdog of each is fed by anything it hears. */
const TWO_STATIONS: Site = {
  ...SITE,
  stations: SITE.stations.flatMap((station) => ids.map((id) => ({ ...station, id }))),
  evses: ids.map((id) => ({ ...evse, id: `${id}/1`, station: id })),
};

const CARS = new Map(
  ids.map((id) => [`${id}/1`, { wantsA: 32, terminals: 3, lagCycles: 4, state: "C" as const }] as const),
);
const S0 = new Set(["s0"]);
const DEAF: TestEvent = { silentStations: S0 };
const UNHEARD: TestEvent = { unheardStations: S0 };
const WRITES_LOST: TestEvent = { lostWrites: S0 };

const lasting = (event: TestEvent, cycles: number): TestEvent[] => Array.from({ length: cycles }, () => event);
const SETTLED = lasting({}, 90);

const run = (events: readonly TestEvent[]): readonly TestCycle[] =>
  runClosedLoop(TWO_STATIONS, CARS, [...SETTLED, ...events]).slice(SETTLED.length);
const setpointOf = (index: number) => (cycle: TestCycle | undefined) => cycle?.allocation.setpoints[index]?.currentA;
const expectFuseHolds = (cycles: readonly TestCycle[]): void => {
  for (const { realA } of cycles) expect(Math.max(...realA)).toBeLessThanOrEqual(LIMIT_A);
};

describe("a station that falls silent with a proven failsafe", () => {
  test.each([
    ["is deaf", DEAF],
    ["is not heard", UNHEARD],
  ])("that %s leaves its amps to the others once its watchdog has surely run out, not before", (_, event) => {
    const cycles = run(lasting(event, 120));
    expect(cycles.slice(0, 24).map(setpointOf(1))).toEqual(Array.from({ length: 24 }, () => 16));
    expect(cycles.map(setpointOf(1)).at(-1)).toBe(LIMIT_A - FAILSAFE_A);
    expectFuseHolds(cycles);
  });

  test("hears nothing at all while its watchdog runs out, then one write at a time", () => {
    const traffic = run(lasting(DEAF, 120)).map(({ snapshot }) => snapshot.contacts.get("s0")?.traffic);
    const stretches = traffic.filter((each, i) => each !== traffic[i - 1]);
    expect(stretches).toEqual(["all", "none", "probe", "none", "probe", "none", "probe", "none", "probe", "none"]);
    expect(traffic.filter((each) => each === "probe")).toHaveLength(4);
  });

  test("is found again within a minute of its return", () => {
    const cycles = run([...lasting(DEAF, 100), ...lasting({}, 60)]);
    expect(cycles.at(-1)?.snapshot.contacts.get("s0")?.isReachable).toBe(true);
    expectFuseHolds(cycles);
  });

  test("counts as all it was told for as long as a stop has to go out (R12)", () => {
    const cycles = run(lasting({ ...DEAF, isEmergencyStopped: true }, 60));
    expect(cycles.at(-1)?.allocation.observed[0]?.boundA).toBe(16);
  });

  test("never overloads the fuse, in whatever order messages are lost", () => {
    const loss = fc.tuple(
      fc.constantFrom(DEAF, DEAF, UNHEARD, UNHEARD, WRITES_LOST, {}),
      fc.integer({ min: 1, max: 45 }),
    );
    fc.assert(
      fc.property(fc.array(loss, { minLength: 2, maxLength: 8 }), (parts) => {
        expectFuseHolds(run(parts.flatMap(([event, cycles]) => lasting(event, cycles))));
      }),
      { numRuns: 300 },
    );
  });
});
