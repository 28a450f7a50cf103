import { describe, expect, test } from "vitest";
import type { SetSource } from "#controller/model/limit.ts";
import { allPhases } from "#controller/model/phase.ts";
import type { CycleRecord } from "#controller/loop/cycle.ts";
import { fuseReports, stepBuilding } from "#drivers/simulator/world/world.ts";
import { openVirtualSite, smallDay, type VirtualOptions, type VirtualSite } from "#test/support/virtual-site.ts";

const S = 1000;
const MINUTE = 60 * S;
const VOLTAGE = 230;
/** Monday, 6:55 in UTC, the site's zone. */
const MONDAY = Date.parse("2026-03-02T06:55:00Z");
/** Six three-phase cars on 100 A with 20 A of building: 80 A for vehicles, 13.8 kW for the building. */
const DAY = smallDay(
  Array.from({ length: 6 }, () => ({ phases: 3, maxA: 32 }) as const),
  100,
  20,
);

const settled = async (options: VirtualOptions = {}): Promise<VirtualSite> => {
  const virtual = openVirtualSite(DAY, { epochWallMs: MONDAY, ...options });
  await virtual.run(3 * MINUTE);
  return virtual;
};
const after = async (virtual: VirtualSite, ms: number): Promise<number> => {
  await virtual.run(virtual.world.nowMs + ms);
  return toldA(virtual);
};
const toldA = ({ last }: VirtualSite): number =>
  (last()?.allocation.setpoints ?? []).reduce((sum, { currentA }) => sum + currentA, 0);
const reasonSources = ({ last }: VirtualSite): ReadonlySet<string | null> =>
  new Set((last()?.allocation.setpoints ?? []).map(({ reason }) => ("source" in reason ? reason.source : null)));
const set = (virtual: VirtualSite, source: SetSource, limitA: number, lease: [number, number] | null = null) =>
  virtual.limits.apply({
    type: "set-limit",
    circuit: "grid",
    source,
    value: { limitA: allPhases(limitA), powerW: null },
    lease: lease === null ? null : { durationMs: lease[0], afterwards: { limitA: allPhases(lease[1]), powerW: null } },
  });

describe("the loop under a limit", () => {
  test("of the manager lowers at once, and raises again when it is taken back", async () => {
    const virtual = await settled();
    expect(toldA(virtual)).toBe(80);
    set(virtual, "operating", 60);
    expect(await after(virtual, 2 * S)).toBe(40);
    expect(reasonSources(virtual)).toEqual(new Set(["operating"]));
    virtual.limits.apply({ type: "set-limit", circuit: "grid", source: "operating", value: null, lease: null });
    expect(await after(virtual, 2 * MINUTE)).toBe(80);
  });

  test("of the CSMS for a time goes on with what it named", async () => {
    const virtual = await settled();
    set(virtual, "csms", 70, [MINUTE, 60]);
    expect(await after(virtual, 30 * S)).toBe(50);
    expect(reasonSources(virtual)).toEqual(new Set(["csms"]));
    expect(await after(virtual, 40 * S)).toBe(40);
  });

  test("of a flow that crashed ends by itself", async () => {
    const virtual = await settled();
    set(virtual, "flow", 60, [MINUTE, 90]);
    expect(await after(virtual, 30 * S)).toBe(40);
    expect(await after(virtual, 3 * MINUTE)).toBe(70);
  });

  test("on power bounds building and vehicles together", async () => {
    const virtual = await settled();
    virtual.limits.apply({
      type: "set-limit",
      circuit: "grid",
      source: "flow",
      value: { limitA: null, powerW: 55_200 },
      lease: null,
    });
    expect(await after(virtual, 2 * S)).toBe(60);
    expect(virtual.last()?.allocation.circuits[0]?.limit).toMatchObject({ powerW: 55_200, powerSource: "flow" });
  });

  test("of a schedule holds from its time to its time", async () => {
    const virtual = await settled();
    virtual.limits.apply({
      type: "set-schedule",
      circuit: "grid",
      entries: [{ weekdays: [1], fromMinute: 420, toMinute: 435, limitA: allPhases(60), powerW: null }],
    });
    await virtual.run(5 * MINUTE - S);
    expect(toldA(virtual)).toBe(80);
    expect(await after(virtual, 3 * S)).toBe(40);
    expect(reasonSources(virtual)).toEqual(new Set(["schedule"]));
    await virtual.run(20 * MINUTE - S);
    expect(toldA(virtual)).toBe(40);
    expect(await after(virtual, 2 * MINUTE)).toBe(80);
  });

  test("of the generator holds while it feeds the site", async () => {
    const virtual = await settled({ generatorA: allPhases(60) });
    virtual.image.setOnGenerator(true);
    expect(await after(virtual, 2 * S)).toBe(40);
    virtual.image.setOnGenerator(false);
    expect(await after(virtual, 2 * MINUTE)).toBe(80);
  });
});

describe("the loop under the grid operator", () => {
  const tell = (virtual: VirtualSite, signal: Parameters<typeof virtual.limits.apply>[0]) =>
    virtual.limits.apply(signal);
  const LIMIT = (powerW: number) =>
    ({ type: "grid-operator", signal: { type: "limit", isActive: true, powerW, durationMs: null } }) as const;
  const HEARTBEAT = { type: "grid-operator", signal: { type: "heartbeat" } } as const;
  const RELEASE = {
    type: "grid-operator",
    signal: { type: "limit", isActive: false, powerW: 0, durationMs: null },
  } as const;
  const LPC = { devices: 6, lpc: { failsafeW: null, minimumMs: 120 * MINUTE } };
  /** 4.2 kW and five times 0.6 of it. */
  const GUARANTEED_A = Math.floor((4200 * 4) / (3 * VOLTAGE));

  test("dims the vehicles alone, not the building, while the contact says so", async () => {
    const virtual = await settled({ gridOperator: { devices: 6, lpc: null } });
    tell(virtual, { type: "grid-operator", signal: { type: "contact", isDimmed: true } });
    expect(await after(virtual, 2 * S)).toBe(GUARANTEED_A);
    expect(virtual.last()?.allocation.circuits[0]?.limit).toMatchObject({
      powerW: null,
      evPowerW: 16_800,
      evPowerSource: "grid-operator",
    });
    tell(virtual, { type: "grid-operator", signal: { type: "contact", isDimmed: false } });
    expect(await after(virtual, 3 * MINUTE)).toBe(80);
  });

  test("is dimmed from the start until it is heard, limited, and back in the failsafe when it falls silent", async () => {
    const virtual = openVirtualSite(DAY, { epochWallMs: MONDAY, gridOperator: LPC });
    await virtual.run(MINUTE);
    expect(toldA(virtual)).toBeLessThanOrEqual(GUARANTEED_A);
    tell(virtual, HEARTBEAT);
    tell(virtual, RELEASE);
    const beat = (nowMs: number): void => {
      if (nowMs % MINUTE === 0) tell(virtual, HEARTBEAT);
    };
    await virtual.run(4 * MINUTE, beat);
    expect(toldA(virtual)).toBe(80);
    tell(virtual, LIMIT(27_600));
    await virtual.run(5 * MINUTE, beat);
    expect(toldA(virtual)).toBe(40);
    await virtual.run(6 * MINUTE - S);
    expect(toldA(virtual)).toBe(40);
    await virtual.run(7 * MINUTE);
    expect(toldA(virtual)).toBeLessThanOrEqual(GUARANTEED_A);
    expect(virtual.limits.gridOperator()).toMatchObject({ lpc: "failsafe", powerW: 16_800 });
  });

  test("leaves vehicles what the building feeds back on top: it is not drawn from the grid", async () => {
    const virtual = await settled({ gridOperator: { devices: 6, lpc: null } });
    for (const phase of ["L1", "L2", "L3"] as const) stepBuilding(virtual.world, "grid", phase, -40);
    await virtual.run(4 * MINUTE);
    tell(virtual, { type: "grid-operator", signal: { type: "contact", isDimmed: true } });
    expect(await after(virtual, 30 * S)).toBe(GUARANTEED_A + 20);
  });
});

describe("the loop under a contract on demand", () => {
  const importW = ({ snapshot }: CycleRecord): number =>
    (snapshot.meters.get("meter-grid")?.currentA ?? []).reduce<number>((sum, a) => sum + Math.max(0, a ?? 0), 0) *
    VOLTAGE;

  test("keeps the mean of every slot within it while the building comes and goes", async () => {
    const slots = new Map<number, number[]>();
    const onRecord = (record: CycleRecord): void => {
      const slot = Math.floor((MONDAY + record.startedAt) / (15 * MINUTE));
      slots.set(slot, [...(slots.get(slot) ?? []), importW(record)]);
    };
    const demand = { slotMs: 15 * MINUTE, contractW: 40_000 };
    const virtual = openVirtualSite(DAY, { epochWallMs: MONDAY, demand, onRecord });
    let isOn = false;
    await virtual.run(50 * MINUTE, (nowMs) => {
      if (nowMs === 0 || nowMs % (4 * MINUTE) !== 0) return;
      isOn = !isOn;
      for (const phase of ["L1", "L2", "L3"] as const) stepBuilding(virtual.world, "grid", phase, isOn ? 25 : -25);
    });
    const means = [...slots.values()].slice(1, 4).map((all) => all.reduce((sum, w) => sum + w, 0) / all.length);
    expect(means).toHaveLength(3);
    for (const meanW of means) {
      expect(meanW).toBeLessThanOrEqual(40_000);
      expect(meanW).toBeGreaterThan(30_000);
    }
    expect(virtual.last()?.allocation.circuits[0]?.limit.powerSource).toBe("demand-slot");
    for (const { longestAboveS } of fuseReports(virtual.world)) expect(longestAboveS).toBe(0);
  });
});
