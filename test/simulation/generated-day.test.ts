import { expect, test } from "vitest";
import { generateDay } from "#drivers/simulator/world/generate-day.ts";
import { fuseReports, sessionOutcomes } from "#drivers/simulator/world/world.ts";
import { openVirtualSite } from "#test/support/virtual-site.ts";

const HOUR = 3_600_000;
const limit = (limitA: number) => ({ L1: limitA, L2: limitA, L3: limitA });

test("a generated tight morning stays under every fuse and charges every car that comes", async () => {
  const day = generateDay({
    id: "morning",
    seed: 7,
    site: {
      circuits: [
        { id: "grid", parent: null, limitA: limit(125) },
        { id: "west", parent: "grid", limitA: limit(63) },
        { id: "east", parent: "grid", limitA: limit(80) },
      ],
      stations: Array.from({ length: 14 }, (_, i) => ({
        id: `s${i}`,
        circuit: i % 2 === 0 ? "west" : "east",
        phases: i % 3 === 0 ? ["L1", "L2", "L3"] : i % 3 === 1 ? ["L2", "L3", "L1"] : ["L3", "L1", "L2"],
        minA: 6,
        maxA: 32,
        stepA: 1,
      })),
    },
    buildings: [{ circuit: "grid", nightA: 15, dayA: 45, hasLiftAndKitchen: true }],
    occupancy: 1,
  });
  const virtual = openVirtualSite(day, {
    startMs: 6 * HOUR,
    habits: { lowersAfterMs: 3000, raisesAfterMs: 2000, onePhaseMs: 8000, tapersFrom: 0.9 },
    reserveA: 8,
  });
  await virtual.run(10 * HOUR);
  for (const report of fuseReports(virtual.world)) {
    expect(report.longestAboveS, `${report.circuit} ${report.phase} peak ${report.peakA} A`).toBeLessThanOrEqual(12);
    expect(report.worstMinuteS).toBeLessThanOrEqual(60 * 1.13 ** 2);
  }
  const outcomes = sessionOutcomes(virtual.world).filter(({ hasLeft, wantedWh }) => hasLeft && wantedWh > 1000);
  for (const { session, deliveredWh } of outcomes) expect(deliveredWh, `session ${session}`).toBeGreaterThan(0);
});
