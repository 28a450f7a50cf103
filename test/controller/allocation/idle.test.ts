import { describe, expect, test } from "vitest";
import { openVirtualSite, smallDay, type VirtualSite } from "#test/support/virtual-site.ts";

const MINUTE = 60_000;
/** Room for two minimums and a little: three cars, of which the first wants next to nothing. */
const DAY = smallDay(
  Array.from({ length: 3 }, () => ({ phases: 3, maxA: 32 }) as const),
  15,
  0,
);
const WITH_A_FULL_CAR = {
  ...DAY,
  sessions: DAY.sessions.map((session, i) => (i === 0 ? { ...session, requestedWh: 100 } : session)),
};

const setpoints = ({ last }: VirtualSite): readonly number[] =>
  last()?.allocation.setpoints.map(({ currentA }) => currentA) ?? [];

describe("a vehicle that takes nothing", () => {
  test("leaves its minimum to those that charge", async () => {
    const virtual = openVirtualSite(WITH_A_FULL_CAR);
    await virtual.run(10 * MINUTE);
    expect(setpoints(virtual)).toEqual([0, 8, 7]);
  });

  test("keeps its minimum where nobody else needs it, so that it can wake up", async () => {
    const virtual = openVirtualSite({ ...WITH_A_FULL_CAR, sessions: WITH_A_FULL_CAR.sessions.slice(0, 1) });
    await virtual.run(10 * MINUTE);
    expect(setpoints(virtual)[0]).toBe(6);
  });
});

describe("a vehicle kept at what it drew", () => {
  const ONE_CAR = smallDay([{ phases: 3, maxA: 32 }], 32, 0);
  const waits = (virtual: VirtualSite, model: { readonly minA: number; readonly maxA: number }): void => {
    Object.assign(virtual.world.evses[0]?.car?.model ?? {}, model);
  };

  test("is offered its share again in time, for it may take nothing until it is offered more", async () => {
    const virtual = openVirtualSite(ONE_CAR);
    waits(virtual, { minA: 6, maxA: 0 });
    await virtual.run(5 * MINUTE);
    expect(setpoints(virtual)).toEqual([6]);
    waits(virtual, { minA: 10, maxA: 32 });
    await virtual.run(15 * MINUTE);
    expect(setpoints(virtual)).toEqual([6]);
    await virtual.run(17 * MINUTE);
    expect(setpoints(virtual)).toEqual([32]);
    expect(virtual.world.evses[0]?.car?.drawnA).toBe(32);
  });

  test("that takes no more is asked for a minute every quarter of an hour", async () => {
    const virtual = openVirtualSite(ONE_CAR);
    waits(virtual, { minA: 6, maxA: 8 });
    await virtual.run(5 * MINUTE);
    expect(setpoints(virtual)).toEqual([10]);
    let offeredMoreS = 0;
    await virtual.run(65 * MINUTE, () => (offeredMoreS += Number((setpoints(virtual)[0] ?? 0) > 10)));
    expect(offeredMoreS).toBeGreaterThan(0);
    expect(offeredMoreS).toBeLessThanOrEqual(4 * 60);
    expect(setpoints(virtual)).toEqual([10]);
  });
});

describe("vehicles whose minimums do not all fit", () => {
  test("take turns, and nobody is left out for an hour (R7)", async () => {
    const virtual = openVirtualSite(DAY);
    const served = new Set<number>();
    await virtual.run(60 * MINUTE, () => setpoints(virtual).forEach((currentA, i) => currentA > 0 && served.add(i)));
    expect([...served].toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  test("do not hold a place while they may not start again", async () => {
    const virtual = openVirtualSite(DAY);
    await virtual.run(20 * MINUTE);
    expect(setpoints(virtual).filter((currentA) => currentA > 0)).toHaveLength(2);
  });
});
