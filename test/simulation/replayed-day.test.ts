import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateDay } from "#drivers/simulator/world/generate-day.ts";
import { chargingCount, type Product, startProduct, waitForFrame } from "#test/faults/product.ts";

const limit = (limitA: number) => ({ L1: limitA, L2: limitA, L3: limitA });

/** At eight the lift runs often, the kitchen bakes, and six cars share what is left. */
const MORNING = generateDay({
  id: "tight-morning",
  seed: 11,
  site: {
    circuits: [
      { id: "grid", parent: null, limitA: limit(63) },
      { id: "yard", parent: "grid", limitA: limit(32) },
    ],
    stations: Array.from({ length: 6 }, (_, i) => ({
      id: `S${i}`,
      circuit: i % 2 === 0 ? "grid" : "yard",
      phases: i % 3 === 0 ? ["L1", "L2", "L3"] : i % 3 === 1 ? ["L2", "L3", "L1"] : ["L3", "L1", "L2"],
      minA: 6,
      maxA: 32,
      stepA: 1,
    })),
  },
  buildings: [{ circuit: "grid", nightA: 10, dayA: 18, hasLiftAndKitchen: true }],
  occupancy: 1,
});

const CLOCK_SCALE = 6;
const CYCLES = 300;

type RunReport = {
  readonly deliveredWh: number;
  readonly circuits: readonly {
    readonly id: string;
    readonly limitA: readonly number[];
    readonly peakA: readonly number[];
    readonly longestAboveS: number;
    readonly worstMinuteHeat: number;
    readonly evLateS: number;
  }[];
};

describe("a tight morning over real sockets at a scaled clock", () => {
  let directory = "";
  let product: Product;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "day-"));
    const file = join(directory, "day.json");
    await writeFile(file, JSON.stringify(MORNING));
    product = await startProduct(["--day", file, "--day-start", "08:00", "--clock-scale", String(CLOCK_SCALE)]);
  });

  afterAll(async () => {
    await product.remove();
    await rm(directory, { recursive: true, force: true });
  });

  it("trips no fuse, uses what there is, and charges the cars", async () => {
    await waitForFrame(product.page, "cars charge", (now) => chargingCount(now) >= 3);
    await waitForFrame(product.page, "minutes have passed", ({ cycle }) => cycle >= CYCLES, 240_000);
    await product.stop();
    const { run } = await product.logged("what fuses and cars went through");
    const { circuits, deliveredWh } = run as RunReport;
    for (const { id, longestAboveS, worstMinuteHeat, evLateS } of circuits) {
      expect(longestAboveS, `circuit ${id}`).toBeLessThanOrEqual(12);
      expect(worstMinuteHeat, `circuit ${id}`).toBeLessThanOrEqual(1.13 ** 2);
      expect(evLateS, `circuit ${id}`).toBeLessThanOrEqual(2);
    }
    const [grid] = circuits;
    expect(Math.max(...(grid?.peakA ?? []))).toBeGreaterThan(0.9 * (grid?.limitA[0] ?? Infinity));
    expect(deliveredWh).toBeGreaterThan(1000);
  }, 300_000);
});
