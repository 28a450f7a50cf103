import { describe, expect, test } from "vitest";
import { openVirtualLoop, type VirtualLoop } from "#controller/apps/simulation/virtual-loop.ts";
import { openWorldMeter, openWorldStation } from "#drivers/simulator/world-drivers.ts";
import { setFaults, stepBuilding } from "#drivers/simulator/world/world.ts";
import { openVirtualSite, smallDay, type VirtualSite } from "#test/support/virtual-site.ts";

const SECOND = 1000;
const MINUTE = 60_000;
const SMALL = smallDay(
  Array.from({ length: 4 }, () => ({ phases: 3, maxA: 32 }) as const),
  100,
  20,
);
const HOURS_A = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 100 : 20));
/** Four cars at 20 A each, and 20 A of building, whose largest load, at noon, leaves nothing. */
const DAY = { ...SMALL, baseLoadA: { grid: { L1: HOURS_A, L2: HOURS_A, L3: HOURS_A } } };

const settled = async (): Promise<VirtualSite> => {
  const virtual = openVirtualSite(DAY);
  await virtual.run(3 * MINUTE);
  return virtual;
};

const paused = ({ last }: Pick<VirtualLoop, "last">): number =>
  last()?.allocation.setpoints.filter(({ currentA }) => currentA === 0).length ?? 0;

const restarted = ({ site, world }: VirtualSite): VirtualLoop =>
  openVirtualLoop(site, world, (clock) => ({
    sessions: { follow: (snapshot) => snapshot },
    limitsAt: () => [],
    stations: site.stations.map(({ id }) => openWorldStation(world, id, clock)),
    meters: site.meters.map((meter) => openWorldMeter(world, meter)),
  }));

describe("vehicles that were paused", () => {
  test("because the building's meter was lost charge soon after it is back", async () => {
    const virtual = await settled();
    virtual.meterFaults.set("meter-grid", () => "silent");
    await virtual.run(virtual.world.nowMs + 10 * SECOND);
    expect(paused(virtual)).toBe(4);
    virtual.meterFaults.clear();
    await virtual.run(virtual.world.nowMs + 15 * SECOND);
    expect(paused(virtual)).toBe(0);
  });

  test("at our own restart, because other stations were not heard yet, charge soon after they are", async () => {
    const before = await settled();
    const { world } = before;
    for (const id of ["s0", "s1"]) setFaults(world, id, { silence: true });
    const loop = restarted(before);
    await loop.run(world.nowMs + 4 * SECOND);
    expect(paused(loop)).toBe(4);
    for (const id of ["s0", "s1"]) setFaults(world, id, { silence: false });
    await loop.run(world.nowMs + 20 * SECOND);
    expect(paused(loop)).toBe(0);
  });

  test("for a load that has gone again wait a minute, though a station is silent all the time", async () => {
    const virtual = await settled();
    const { world } = virtual;
    setFaults(world, "s0", { silence: true });
    await virtual.run(world.nowMs + 3 * MINUTE);
    expect(paused(virtual)).toBe(1);
    stepBuilding(world, "grid", "L1", 50);
    await virtual.run(world.nowMs + 5 * SECOND);
    expect(paused(virtual)).toBe(4);
    stepBuilding(world, "grid", "L1", -50);
    await virtual.run(world.nowMs + 50 * SECOND);
    expect(paused(virtual)).toBe(4);
    await virtual.run(world.nowMs + 15 * SECOND);
    expect(paused(virtual)).toBe(1);
  });
});
