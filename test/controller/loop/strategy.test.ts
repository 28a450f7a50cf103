import { describe, expect, test } from "vitest";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const MINUTE = 60_000;

describe("a strategy chosen while the site runs", () => {
  test("divides from the next cycle on, without a restart", async () => {
    const day = smallDay(
      Array.from({ length: 2 }, () => ({ phases: 3, maxA: 32 }) as const),
      40,
      0,
    );
    const virtual = openVirtualSite(day);
    const setpoints = () => virtual.last()?.allocation.setpoints.map(({ currentA }) => currentA);
    await virtual.run(10 * MINUTE);
    expect(setpoints()).toEqual([20, 20]);
    virtual.image.setStrategy("first-come");
    await virtual.run(12 * MINUTE);
    expect(setpoints()).toEqual([32, 8]);
    expect(virtual.last()?.snapshot.strategy).toBe("first-come");
  });
});
