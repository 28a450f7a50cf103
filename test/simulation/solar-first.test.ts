import { describe, expect, test } from "vitest";
import { PHASES } from "#controller/model/phase.ts";
import { DEFAULT_STRATEGY_SETTINGS, type StrategySettings } from "#controller/model/strategy.ts";
import { instant, type Instant } from "#controller/model/time.ts";
import { stepBuilding, trueCurrents } from "#drivers/simulator/world/world.ts";
import { openVirtualSite, smallDay, type VirtualSite } from "#test/support/virtual-site.ts";

const MINUTE = 60_000;
const CARS = { lowersAfterMs: 2000, raisesAfterMs: 3000, onePhaseMs: 0, tapersFrom: 1 };

/** Three-phase cars behind a fuse of 100 A; `surplusA` is what the sun leaves on every phase. */
const open = (
  cars: number,
  surplusA: number,
  settings: Partial<StrategySettings> = {},
  boosts: ReadonlyMap<string, Instant> = new Map(),
): VirtualSite =>
  openVirtualSite(
    smallDay(
      Array.from({ length: cars }, () => ({ phases: 3, maxA: 32 }) as const),
      100,
      -surplusA,
    ),
    {
      habits: CARS,
      amend: (snapshot) => ({ ...snapshot, boosts }),
      strategy: "solar-first",
      site: {
        exportCreditA: 0,
        strategySettings: { ...DEFAULT_STRATEGY_SETTINGS, ...settings },
      },
    },
  );

const changeSun = ({ world }: VirtualSite, byA: number): void => {
  for (const phase of PHASES) stepBuilding(world, "grid", phase, -byA);
};
const runFor = (virtual: VirtualSite, ms: number, each?: (nowMs: number) => void): Promise<void> =>
  virtual.run(virtual.world.nowMs + ms, each);
const setpoints = ({ last }: VirtualSite): readonly number[] =>
  last()?.allocation.setpoints.map(({ currentA }) => currentA) ?? [];
const reasons = ({ last }: VirtualSite): readonly string[] =>
  last()?.allocation.setpoints.map(({ reason }) => reason.code) ?? [];
const gridA = ({ world }: VirtualSite): number => Math.max(...trueCurrents(world, "grid", "all"));

describe("charging from the sun alone", () => {
  test("starts when the surplus has lasted two minutes, and then takes all of it", async () => {
    const virtual = open(2, 30);
    await runFor(virtual, 115_000);
    expect(setpoints(virtual)).toEqual([0, 0]);
    expect(reasons(virtual)).toEqual(["surplus", "surplus"]);
    await runFor(virtual, 2 * MINUTE);
    expect(setpoints(virtual)).toEqual([15, 15]);
    expect(reasons(virtual)).toEqual(["surplus", "surplus"]);
    expect(gridA(virtual)).toBeLessThanOrEqual(0);
  });

  test("draws nothing from the grid in a steady sun, once settled", async () => {
    const virtual = open(3, 40);
    await runFor(virtual, 5 * MINUTE);
    await runFor(virtual, 10 * MINUTE, () => expect(gridA(virtual)).toBeLessThanOrEqual(0.5));
  });

  test("serves as many as the surplus carries, each in turn", async () => {
    const virtual = open(2, 8);
    const served = new Set<number>();
    await runFor(virtual, 45 * MINUTE, () => {
      const on = setpoints(virtual).flatMap((currentA, i) => (currentA > 0 ? [i] : []));
      for (const index of on) served.add(index);
      expect(on.length).toBeLessThanOrEqual(1);
    });
    expect(served.size).toBe(2);
  });

  test("does not start on a sun that comes and goes every minute", async () => {
    const virtual = open(1, 30);
    let isOut = true;
    let next = MINUTE;
    await runFor(virtual, 20 * MINUTE, (nowMs) => {
      expect(setpoints(virtual).every((currentA) => currentA === 0)).toBe(true);
      if (nowMs < next) return;
      next = nowMs + MINUTE;
      changeSun(virtual, isOut ? -30 : 30);
      isOut = !isOut;
    });
  });

  test("falls to the minimum behind a cloud, and stops after five minutes without surplus", async () => {
    const virtual = open(1, 20);
    await runFor(virtual, 5 * MINUTE);
    expect(setpoints(virtual)).toEqual([20]);
    changeSun(virtual, -20);
    await runFor(virtual, MINUTE);
    expect(setpoints(virtual)).toEqual([6]);
    await runFor(virtual, 3.5 * MINUTE);
    expect(setpoints(virtual)).toEqual([6]);
    await runFor(virtual, 2 * MINUTE);
    expect(setpoints(virtual)).toEqual([0]);
  });

  test("goes on through a cloud of three minutes without a stop", async () => {
    const virtual = open(1, 20);
    await runFor(virtual, 5 * MINUTE);
    changeSun(virtual, -20);
    await runFor(virtual, 3 * MINUTE, () => expect(Math.min(...setpoints(virtual))).toBeGreaterThan(0));
    changeSun(virtual, 20);
    await runFor(virtual, 2 * MINUTE, () => expect(Math.min(...setpoints(virtual))).toBeGreaterThan(0));
    expect(setpoints(virtual)).toEqual([20]);
  });

  test("lets the grid add what the site allows", async () => {
    const virtual = open(1, 10, { gridDrawW: 3 * 230 * 5 });
    await runFor(virtual, 5 * MINUTE);
    expect(setpoints(virtual)).toEqual([15]);
    expect(gridA(virtual)).toBeCloseTo(5, 1);
  });

  test("gives everybody the floor at night, and shares the sun above it", async () => {
    const virtual = open(2, 0, { floorA: 8 });
    await runFor(virtual, 2 * MINUTE);
    expect(setpoints(virtual)).toEqual([8, 8]);
    changeSun(virtual, 24);
    await runFor(virtual, 3 * MINUTE);
    expect(setpoints(virtual)).toEqual([12, 12]);
  });

  test("a boosted EVSE waits for no sun, and the others do not pay for it with grid energy", async () => {
    const boosts = new Map<string, Instant>();
    const virtual = open(2, 12, {}, boosts);
    await runFor(virtual, 5 * MINUTE);
    boosts.set("s1/1", instant(25 * MINUTE));
    await runFor(virtual, 10 * MINUTE);
    expect(setpoints(virtual)).toEqual([0, 32]);
    boosts.clear();
    await runFor(virtual, 5 * MINUTE);
    expect(gridA(virtual)).toBeLessThanOrEqual(0);
  });

  test("starts nothing without the grid connection's meter, and ends what runs after five minutes", async () => {
    const virtual = open(1, 20);
    await runFor(virtual, 5 * MINUTE);
    virtual.meterFaults.set("meter-grid", () => "silent");
    await runFor(virtual, 2 * MINUTE);
    expect(setpoints(virtual)).toEqual([6]);
    await runFor(virtual, 5 * MINUTE);
    expect(setpoints(virtual)).toEqual([0]);
  });
});
