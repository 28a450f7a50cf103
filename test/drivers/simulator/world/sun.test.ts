import { describe, expect, it } from "vitest";
import { allPhases } from "#controller/model/phase.ts";
import { plantAt, withPlants } from "#drivers/simulator/world/sun.ts";

const HOUR = 3_600_000;
const ROOF = { circuit: "grid", peakW: 6900, batteryWh: 10_000 };
const BARE = { ...ROOF, batteryWh: null };

describe("a solar plant", () => {
  it("gives nothing at night and its peak in the middle of the day, every day", () => {
    expect(plantAt(BARE, 3 * HOUR).pvPowerW).toBe(0);
    expect(plantAt(BARE, 13 * HOUR).pvPowerW).toBeCloseTo(6900);
    expect(plantAt(BARE, (48 + 13) * HOUR)).toEqual(plantAt(BARE, 13 * HOUR));
  });

  it("fills its battery by day, empties it by night, and never beyond what it holds", () => {
    const day = Array.from({ length: 96 }, (_, quarter) => plantAt(ROOF, (quarter * HOUR) / 4));
    expect(day.every(({ batterySocPct }) => batterySocPct >= 0 && batterySocPct <= 100)).toBe(true);
    expect(plantAt(ROOF, 10 * HOUR).batteryPowerW).toBeGreaterThan(0);
    expect(plantAt(ROOF, 18 * HOUR).batterySocPct).toBe(100);
    expect(plantAt(ROOF, 21 * HOUR).batteryPowerW).toBeLessThan(0);
  });

  it("takes off the load of its circuit what it feeds in, and of no other", () => {
    const rows = (currentA: number) => Array.from({ length: 24 }, () => allPhases(currentA));
    const loadA = new Map([
      ["grid", rows(20)],
      ["hall", rows(5)],
    ]);
    const table = withPlants({ periodMs: HOUR, loadA }, [BARE], 230);
    expect(table.loadA.get("grid")?.[13]?.map((currentA) => Math.round(currentA))).toEqual([10, 10, 10]);
    expect(table.loadA.get("grid")?.[2]).toEqual([20, 20, 20]);
    expect(table.loadA.get("hall")?.[13]).toEqual([5, 5, 5]);
  });
});
