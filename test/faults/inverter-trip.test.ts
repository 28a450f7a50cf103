import { describe, expect, test } from "vitest";
import { PHASES } from "#controller/model/phase.ts";
import { fuseReports, stepBuilding, trueCurrents } from "#drivers/simulator/world/world.ts";
import { openVirtualSite, smallDay, type VirtualSite } from "#test/support/virtual-site.ts";

const MINUTE = 60_000;
const LIMIT_A = 100;
const BUILDING_A = 20;
const SUN_A = 60;
const SLOW_CARS = { lowersAfterMs: 5000, raisesAfterMs: 5000, onePhaseMs: 0, tapersFrom: 1 };
/** Six three-phase cars that want all they can get behind a building that exports 40 A. */
const SUNNY = smallDay(
  Array.from({ length: 6 }, () => ({ phases: 3, maxA: 32 }) as const),
  LIMIT_A,
  BUILDING_A - SUN_A,
);

const vehiclesA = ({ world }: VirtualSite): number => Math.max(...trueCurrents(world, "grid", "ev"));
const toldA = ({ last }: VirtualSite): number =>
  last()?.allocation.setpoints.reduce((sum, { currentA }) => sum + currentA, 0) ?? 0;

const trip = (virtual: VirtualSite): void => {
  for (const phase of PHASES) stepBuilding(virtual.world, "grid", phase, SUN_A);
};

const expectFuseHolds = ({ world }: VirtualSite): void => {
  for (const report of fuseReports(world)) {
    expect(report.longestAboveS).toBeLessThanOrEqual(12);
    expect(report.worstMinuteS).toBeLessThanOrEqual(60 * 1.13 ** 2);
    expect(report.evLateS).toBe(0);
  }
};

describe("behind a building that exports 40 A on every phase", () => {
  test.each([
    { exportCreditA: 0, mostA: LIMIT_A },
    { exportCreditA: 25, mostA: LIMIT_A + 25 },
    { exportCreditA: 1000, mostA: LIMIT_A + SUN_A - BUILDING_A },
  ])("vehicles get up to $mostA A where $exportCreditA A of it are credited", async ({ exportCreditA, mostA }) => {
    const virtual = openVirtualSite(SUNNY, { habits: SLOW_CARS, site: { exportCreditA } });
    await virtual.run(5 * MINUTE);
    expect(vehiclesA(virtual)).toBeGreaterThan(mostA - 6);
    expect(vehiclesA(virtual)).toBeLessThanOrEqual(mostA);
  });

  test.each([0, 25, 1000])(
    "an inverter that trips within one cycle never overloads the fuse, with a credit of %d A",
    async (exportCreditA) => {
      const virtual = openVirtualSite(SUNNY, { habits: SLOW_CARS, site: { exportCreditA } });
      await virtual.run(5 * MINUTE);
      expect(Math.max(...fuseReports(virtual.world).map(({ aboveS }) => aboveS))).toBe(0);
      trip(virtual);
      await virtual.run(virtual.world.nowMs + 2000);
      expect(toldA(virtual)).toBeLessThanOrEqual(LIMIT_A - BUILDING_A);
      await virtual.run(virtual.world.nowMs + 5 * MINUTE);
      expectFuseHolds(virtual);
    },
  );

  test("without credit a trip brings the fuse no more than the building's own load above its limit", async () => {
    const virtual = openVirtualSite(SUNNY, { habits: SLOW_CARS, site: { exportCreditA: 0 } });
    await virtual.run(5 * MINUTE);
    trip(virtual);
    await virtual.run(virtual.world.nowMs + MINUTE);
    expect(Math.max(...fuseReports(virtual.world).map(({ peakA }) => peakA))).toBeLessThanOrEqual(LIMIT_A + BUILDING_A);
  });

  test("a sun that comes and goes every few seconds holds the fuse", async () => {
    const virtual = openVirtualSite(SUNNY, { habits: SLOW_CARS, site: { exportCreditA: 25 } });
    await virtual.run(5 * MINUTE);
    let isOut = false;
    let next = virtual.world.nowMs;
    await virtual.run(virtual.world.nowMs + 10 * MINUTE, (nowMs) => {
      if (nowMs < next) return;
      next = nowMs + 7000;
      isOut = !isOut;
      for (const phase of PHASES) stepBuilding(virtual.world, "grid", phase, isOut ? SUN_A : -SUN_A);
    });
    expectFuseHolds(virtual);
  });
});
