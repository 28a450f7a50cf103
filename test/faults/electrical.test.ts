import { describe, expect, test } from "vitest";
import { fuseReports, reboot, setFaults, stepBuilding, type World } from "#drivers/simulator/world/world.ts";
import { terminalCurrents } from "#drivers/simulator/world/station.ts";
import { openVirtualSite, smallDay, type VirtualSite } from "#test/support/virtual-site.ts";

const MINUTE = 60_000;
const SLOW_CARS = { lowersAfterMs: 5000, raisesAfterMs: 5000, onePhaseMs: 0, tapersFrom: 1 };
/** Six three-phase cars on 100 A with 20 A of building: 13 A each. */
const DAY = smallDay(
  Array.from({ length: 6 }, () => ({ phases: 3, maxA: 32 }) as const),
  100,
  20,
);

/** F: back under the limit within 12 s, no more heat than 1.13 In would bring in any minute. */
const expectFuseHolds = (world: World, longestAboveS = 12): void => {
  for (const report of fuseReports(world)) {
    expect(report.longestAboveS, `${report.circuit} ${report.phase}`).toBeLessThanOrEqual(longestAboveS);
    expect(report.worstMinuteS, `${report.circuit} ${report.phase}`).toBeLessThanOrEqual(60 * 1.13 ** 2);
  }
};

const settled = async (habits = SLOW_CARS, failsafeA?: number): Promise<VirtualSite> => {
  const virtual = openVirtualSite(DAY, failsafeA === undefined ? { habits } : { habits, failsafeA });
  await virtual.run(3 * MINUTE);
  return virtual;
};

const setpoints = ({ last }: VirtualSite): readonly number[] =>
  last()?.allocation.setpoints.map(({ currentA }) => currentA) ?? [];
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe("a site with slow cars", () => {
  test("shares what is left and never exceeds the fuse while it settles", async () => {
    const virtual = await settled();
    expect(sum(setpoints(virtual))).toBe(80);
    expect(Math.max(...setpoints(virtual)) - Math.min(...setpoints(virtual))).toBeLessThanOrEqual(1);
    expectFuseHolds(virtual.world, 0);
  });

  test.each([
    [60, 0, "13"],
    [40, 5000, "18"],
  ])("acts on a load step of %d A within one cycle, though stations take %d ms (row %s)", async (stepA, holdOffMs) => {
    const virtual = openVirtualSite(DAY, { habits: SLOW_CARS, holdOffMs });
    await virtual.run(3 * MINUTE);
    const at = virtual.world.nowMs;
    stepBuilding(virtual.world, "grid", "L2", stepA);
    await virtual.run(at + 2000);
    expect(sum(setpoints(virtual))).toBeLessThanOrEqual(80 - stepA);
    await virtual.run(at + MINUTE);
    expectFuseHolds(virtual.world);
  });

  test("does not hunt when a load comes and goes every second (row 14)", async () => {
    const virtual = await settled();
    const before = virtual.writes();
    let isOn = false;
    await virtual.run(virtual.world.nowMs + 5 * MINUTE, () => {
      isOn = !isOn;
      stepBuilding(virtual.world, "grid", "L1", isOn ? 20 : -20);
    });
    expect((virtual.writes() - before) / 6 / 5).toBeLessThanOrEqual(12);
    expectFuseHolds(virtual.world);
  });

  test("raises nothing after 2 s without the meter and counts the fallback load within 10 s (row 1)", async () => {
    const virtual = await settled();
    virtual.meterFaults.set("meter-grid", () => "silent");
    const at = virtual.world.nowMs;
    const before = setpoints(virtual);
    await virtual.run(at + 5000);
    expect(sum(setpoints(virtual))).toBeLessThanOrEqual(sum(before));
    await virtual.run(at + 10_000);
    expect(virtual.last()?.allocation.circuits[0]?.building.meterState).toBe("lost");
    expectFuseHolds(virtual.world);
  });

  test("takes a meter that stands still for a minute for frozen and does not raise (row 2)", async () => {
    const virtual = openVirtualSite(
      smallDay(
        DAY.sessions.map(() => ({ phases: 3, maxA: 32 })),
        100,
        60,
      ),
      { habits: SLOW_CARS },
    );
    await virtual.run(3 * MINUTE);
    virtual.meterFaults.set("meter-grid", () => [95, 95, 95]);
    const at = virtual.world.nowMs;
    await virtual.run(at + 90_000);
    expect(virtual.last()?.allocation.circuits[0]?.building.meterState).toBe("frozen");
    expectFuseHolds(virtual.world);
  });

  test("counts a phase that the meter leaves out as full (row 4)", async () => {
    const virtual = await settled();
    virtual.meterFaults.set("meter-grid", ([a, b]) => [a, b, null]);
    await virtual.run(virtual.world.nowMs + 2 * MINUTE);
    expect(sum(setpoints(virtual))).toBe(0);
    expectFuseHolds(virtual.world);
  });

  test("reserves the rating of a station that falls silent without a failsafe (row 15)", async () => {
    const virtual = await settled();
    setFaults(virtual.world, "s0", { silence: true });
    await virtual.run(virtual.world.nowMs + 4000);
    expect(sum(setpoints(virtual).slice(1))).toBeLessThanOrEqual(100 - 20 - 32);
    await virtual.run(virtual.world.nowMs + MINUTE);
    expectFuseHolds(virtual.world);
  });

  test("cuts the others when one station acknowledges and does not obey, and pauses it (row 16)", async () => {
    const virtual = await settled();
    setFaults(virtual.world, "s0", { disobedience: true });
    const at = virtual.world.nowMs;
    stepBuilding(virtual.world, "grid", "L1", 40);
    await virtual.run(at + 10_000);
    expect(virtual.last()?.allocation.observed[0]?.isDisobeying).toBe(true);
    expect(setpoints(virtual)[0]).toBe(0);
    await virtual.run(at + MINUTE);
    expectFuseHolds(virtual.world);
  });

  test("opens the contactor under a vehicle that ignores its limit (row 17)", async () => {
    const virtual = await settled();
    const evse = virtual.world.evses[0];
    if (evse?.car === null || evse?.car === undefined) throw new Error("no car");
    evse.car = { ...evse.car, model: { ...evse.car.model, ignoresLimits: true } };
    const at = virtual.world.nowMs;
    stepBuilding(virtual.world, "grid", "L1", 40);
    await virtual.run(at + 15_000);
    expect(setpoints(virtual)[0]).toBe(0);
    await virtual.run(at + MINUTE);
    expect(terminalCurrents(evse)).toEqual([0, 0, 0]);
    expectFuseHolds(virtual.world);
  });

  test("tells a station again that rebooted, before it is raised (row 19)", async () => {
    const virtual = await settled(SLOW_CARS, 6);
    reboot(virtual.world, "s0", 8000);
    const at = virtual.world.nowMs;
    await virtual.run(at + 11_000);
    expect(virtual.last()?.snapshot.writes.get("s0/1")?.acknowledgedA).not.toBeNull();
    await virtual.run(at + 2 * MINUTE);
    expect(sum(setpoints(virtual))).toBe(80);
    expectFuseHolds(virtual.world);
  });
});

describe("stations on a bus whose round takes longer than a station may be silent", () => {
  test("never count as silent while they answer, and do once one stops", async () => {
    const silent = new Set<string>();
    const virtual = openVirtualSite(DAY, {
      habits: SLOW_CARS,
      failsafeA: 6,
      onRecord: ({ snapshot }) => {
        for (const { station, isReachable } of snapshot.contacts.values()) if (!isReachable) silent.add(station);
      },
    });
    for (const { id } of virtual.site.stations) setFaults(virtual.world, id, { delayMs: 6000 });
    await virtual.run(10_000);
    silent.clear();
    await virtual.run(5 * MINUTE);
    expect([...silent]).toEqual([]);
    expect(sum(setpoints(virtual))).toBeGreaterThan(0);
    expectFuseHolds(virtual.world, 0);
    setFaults(virtual.world, "s0", { lostFraction: 1 });
    await virtual.run(6 * MINUTE);
    expect([...silent]).toEqual(["s0"]);
    expectFuseHolds(virtual.world, 0);
  });
});

const HOUR = 60 * MINUTE;
const TWO_CARS = smallDay(
  [
    { phases: 3, maxA: 32 },
    { phases: 3, maxA: 32 },
  ],
  32,
  0,
);
/** A circuit of 32 A for vehicles alone: one takes all of it, and the second comes an hour later. */
const DEDICATED = {
  ...TWO_CARS,
  baseLoadA: {},
  sessions: TWO_CARS.sessions.map((session, i) => ({ ...session, arrivalPeriod: i })),
};

describe("a station that falls silent at 32 A, with a failsafe of 6 A proven and a watchdog of 10 s", () => {
  const silenced = async (faults: Parameters<typeof setFaults>[2]): Promise<VirtualSite> => {
    const virtual = openVirtualSite(DEDICATED, {
      habits: { ...SLOW_CARS, raisesAfterMs: 0 },
      failsafeA: 6,
      startMs: HOUR - 2 * MINUTE,
    });
    await virtual.run(HOUR);
    expect(setpoints(virtual)[0]).toBe(32);
    setFaults(virtual.world, "s0", faults);
    return virtual;
  };

  test.each([
    ["is dead to us", { silence: true }],
    ["hears us, but its answers are lost", { lostFraction: 1 }],
  ])("and %s: others get its amps once it has surely fallen back", async (_, faults) => {
    const virtual = await silenced(faults);
    await virtual.run(HOUR + 15_000, () => expect(setpoints(virtual)[1] ?? 0).toBe(0));
    await virtual.run(HOUR + 5 * MINUTE);
    expect(setpoints(virtual)).toEqual([0, 26]);
    expectFuseHolds(virtual.world, 0);
  });

  test("and loses half of all answers: the fuse holds", async () => {
    const virtual = await silenced({ lostFraction: 0.5 });
    await virtual.run(HOUR + 10 * MINUTE);
    expectFuseHolds(virtual.world, 0);
  });

  test("is found again within a minute of its return, and gets its share", async () => {
    const virtual = await silenced({ silence: true });
    await virtual.run(HOUR + 5 * MINUTE);
    setFaults(virtual.world, "s0", { silence: false });
    await virtual.run(HOUR + 6 * MINUTE);
    expect(virtual.last()?.snapshot.contacts.get("s0")?.isReachable).toBe(true);
    await virtual.run(HOUR + 8 * MINUTE);
    expect(setpoints(virtual)).toEqual([16, 16]);
    expectFuseHolds(virtual.world, 0);
  });
});
