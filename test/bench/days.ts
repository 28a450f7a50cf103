import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { checkDay } from "#drivers/simulator/day-schema.ts";
import { fuseReports, sessionOutcomes } from "#drivers/simulator/world/world.ts";
import { openVirtualSite } from "#test/support/virtual-site.ts";

/** Runs whole `alloc-day/1` files through the real loop on the virtual clock and prints energy, peaks and time above a limit. */
export const benchDays = async (files: readonly string[]): Promise<void> => {
  for (const file of files) {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    const checked = checkDay(value);
    if (!("day" in checked)) {
      process.stdout.write(`${file}: ${checked.problems.join("; ")}\n`);
      continue;
    }
    const { day } = checked;
    const startedMs = performance.now();
    const virtual = openVirtualSite(day);
    await virtual.run(day.periods * day.periodS * 1000);
    const wantedWh = day.sessions.reduce((sum, { requestedWh }) => sum + requestedWh, 0);
    const deliveredWh = sessionOutcomes(virtual.world).reduce((sum, outcome) => sum + outcome.deliveredWh, 0);
    const fuses = fuseReports(virtual.world);
    const worst = fuses.reduce((a, b) => (b.peakA / b.limitA > a.peakA / a.limitA ? b : a));
    const figures = {
      deliveredWh: Math.round(deliveredWh),
      deliveredFraction: Number((deliveredWh / wantedWh).toFixed(4)),
      boundWh: boundOf(value),
      worstFuse: `${worst.circuit} ${worst.phase}`,
      peakA: Number(worst.peakA.toFixed(1)),
      limitA: worst.limitA,
      longestAboveS: Math.max(...fuses.map(({ longestAboveS }) => longestAboveS)),
      worstMinuteShare: Number((Math.max(...fuses.map(({ worstMinuteS }) => worstMinuteS)) / 60).toFixed(3)),
      tookS: Number(((performance.now() - startedMs) / 1000).toFixed(1)),
    };
    process.stdout.write(`${day.id} ${JSON.stringify(figures)}\n`);
  }
};

/** The energy that perfect foresight could deliver at the most, where the file says so. */
const boundOf = (value: unknown): number | null => {
  const results = field(value, "results");
  const boundWh = field(field(results, "offlineLP"), "deliveredWh");
  return typeof boundWh === "number" ? Math.round(boundWh) : null;
};

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
