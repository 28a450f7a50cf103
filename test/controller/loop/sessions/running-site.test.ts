import { describe, expect, test } from "vitest";
import type { CycleRecord } from "#controller/loop/cycle.ts";
import { STRATEGY_NAMES } from "#controller/model/strategy.ts";
import { openVirtualSite, smallDay, type VirtualSite } from "#test/support/virtual-site.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LIMIT_A = 40;
const cars = (count: number) => Array.from({ length: count }, () => ({ phases: 3, maxA: 32 }) as const);

const setpoints = ({ last }: VirtualSite): readonly number[] =>
  last()?.allocation.setpoints.map(({ currentA }) => currentA) ?? [];
const needOf = ({ last }: VirtualSite, evse: string) => last()?.snapshot.needs.get(evse);
const mostA = (record: CycleRecord): number => Math.max(...(record.allocation.circuits[0]?.accountedA ?? []));

describe("a need said while the site runs", () => {
  test("is served by its departure and counted off until it is met", async () => {
    const virtual = openVirtualSite(smallDay(cars(2), LIMIT_A, 0), { strategy: "deadline" });
    await virtual.run(20 * MINUTE);
    const need = (evse: string, hours: number, energyWh: number) =>
      virtual.sessions.apply({
        type: "set-need",
        evse,
        need: { departsAtWallMs: virtual.world.nowMs + hours * HOUR, energyWh },
      });
    await need("s0/1", 12, 5000);
    await need("s1/1", 1, 20_000);
    await virtual.run(20 * MINUTE + 5000);
    expect(needOf(virtual, "s1/1")).toMatchObject({ departsAt: 80 * MINUTE, isEstimated: false });
    await virtual.run(50 * MINUTE);
    expect(setpoints(virtual)[1]).toBeGreaterThanOrEqual(29);
    expect(needOf(virtual, "s1/1")?.energyWh).toBeLessThan(10_500);
    await virtual.run(80 * MINUTE - 5000);
    expect(needOf(virtual, "s1/1")?.energyWh).toBe(0);
    await virtual.run(81 * MINUTE);
    expect(needOf(virtual, "s1/1")).toBeUndefined();
  });
});

describe("a need that nobody said", () => {
  test("is estimated from the sessions before, measured by current and time", async () => {
    const day = smallDay(cars(1), LIMIT_A, 0);
    const [session] = day.sessions;
    const sessions = [0, 1, 2, 3].flatMap((i) =>
      session === undefined
        ? []
        : [{ ...session, id: `${i}`, arrivalPeriod: 4 * i + 1, departurePeriod: 4 * i + 4, requestedWh: 5000 }],
    );
    const virtual = openVirtualSite({ ...day, periodS: 600, periods: 144, sessions });
    await virtual.run(130 * MINUTE + 5000);
    const need = needOf(virtual, "s0/1");
    expect(need?.isEstimated).toBe(true);
    expect(need?.departsAt).toBeCloseTo(160 * MINUTE, -4);
    expect(need?.energyWh).toBeCloseTo(5000, -2);
    expect(virtual.keptSessions().past).toHaveLength(3);
  });
});

describe("needs that end at almost the same time", () => {
  test("are planned all the same", async () => {
    const virtual = openVirtualSite(smallDay(cars(8), LIMIT_A, 0), { strategy: "deadline" });
    await virtual.run(5000);
    for (let i = 0; i < 8; i++)
      await virtual.sessions.apply({
        type: "set-need",
        evse: `s${i}/1`,
        need: { departsAtWallMs: 4 * HOUR + i * 0.0007, energyWh: 15_000 },
      });
    await virtual.run(10 * MINUTE);
    expect(setpoints(virtual).filter((currentA) => currentA > 0)).toHaveLength(6);
  });
});

describe("a boost given while the site runs", () => {
  test("comes before all other classes until it ends, and never above a limit", async () => {
    const records: CycleRecord[] = [];
    const onRecord = (record: CycleRecord) => void records.push(record);
    const virtual = openVirtualSite(smallDay(cars(2), LIMIT_A, 0), { onRecord });
    await virtual.run(10 * MINUTE);
    expect(setpoints(virtual)).toEqual([20, 20]);
    await virtual.sessions.apply({ type: "set-boost", evse: "s1/1", durationMs: 30 * MINUTE });
    await virtual.run(20 * MINUTE);
    expect(setpoints(virtual)).toEqual([8, 32]);
    expect(virtual.last()?.allocation.setpoints.map(({ reason }) => reason.code)).toEqual([
      "circuit-limit",
      "full-current",
    ]);
    await virtual.run(45 * MINUTE);
    expect(setpoints(virtual)).toEqual([20, 20]);
    expect(Math.max(...records.slice(60).map(mostA))).toBeLessThanOrEqual(LIMIT_A);
  });

  test.each(STRATEGY_NAMES)("counts with the strategy %s too", async (strategy) => {
    const virtual = openVirtualSite(smallDay(cars(3), LIMIT_A, 0), { strategy });
    await virtual.run(5 * MINUTE);
    for (const evse of ["s0/1", "s1/1", "s2/1"]) {
      const need = { departsAtWallMs: 12 * HOUR, energyWh: 10_000 };
      await virtual.sessions.apply({ type: "set-need", evse, need });
    }
    await virtual.sessions.apply({ type: "set-boost", evse: "s2/1", durationMs: HOUR });
    await virtual.run(25 * MINUTE);
    expect(setpoints(virtual)[2]).toBe(32);
  });

  test("leaves the emergency stop alone", async () => {
    const virtual = openVirtualSite(smallDay(cars(2), LIMIT_A, 0));
    await virtual.run(2 * MINUTE);
    await virtual.sessions.apply({ type: "set-boost", evse: "s1/1", durationMs: 30 * MINUTE });
    virtual.image.setEmergencyStop(true);
    await virtual.run(3 * MINUTE);
    expect(setpoints(virtual)).toEqual([0, 0]);
  });
});
