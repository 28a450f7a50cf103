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
