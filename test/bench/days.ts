import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { checkDay } from "#drivers/simulator/day-schema.ts";
import type { Day } from "#drivers/simulator/world/day-file.ts";
import type { FuseReport } from "#drivers/simulator/world/fuse.ts";
import { fuseReports, sessionOutcomes } from "#drivers/simulator/world/world.ts";
import { openVirtualSite } from "#test/support/virtual-site.ts";

type Row = readonly string[];

/**
 * The columns: energy delivered, the most that perfect foresight could, ours as a share of that and of what was wanted; the fuse with the largest
 * peak for its limit; and over all fuses the longest time above a limit whatever the cause, the worst minute of heat (1 is the rated current), and of
 * that what is our doing: time in which vehicles drew more than the building left, its longest stretch, and what of it came after 10 s.
 */
const COLUMNS: readonly (readonly [title: string, width: number])[] = [
  ["day", 20],
  ["delivered kWh", 13],
  ["bound kWh", 9],
  ["of bound", 8],
  ["of wanted", 9],
  ["worst fuse", 14],
  ["peak A", 7],
  ["limit A", 7],
  ["longest above s", 15],
  ["heat", 6],
  ["by EVs s", 8],
  ["longest s", 9],
  ["late s", 6],
  ["took s", 6],
];

/** Runs whole `alloc-day/1` files through the real loop on the virtual clock and prints a table of energy, peaks and time above a limit. */
export const benchDays = async (files: readonly string[]): Promise<void> => {
  print(COLUMNS.map(([title]) => title));
  for (const file of files) {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    const checked = checkDay(value);
    if ("day" in checked) print(await runDay(checked.day, boundOf(value)));
    else process.stdout.write(`${file}:\n${checked.problems.map((problem) => `  ${problem}\n`).join("")}`);
  }
};

const print = (row: Row): void => {
  const cells = COLUMNS.map(([, width], i) =>
    i === 0 ? (row[i] ?? "").padEnd(width) : (row[i] ?? "").padStart(width),
  );
  process.stdout.write(`${cells.join("  ")}\n`);
};

const runDay = async (day: Day, boundWh: number | null): Promise<Row> => {
  const startedMs = performance.now();
  const virtual = openVirtualSite(day);
  await virtual.run(day.periods * day.periodS * 1000);
  const wantedWh = day.sessions.reduce((sum, { requestedWh }) => sum + requestedWh, 0);
  const deliveredWh = sessionOutcomes(virtual.world).reduce((sum, outcome) => sum + outcome.deliveredWh, 0);
  return [
    day.id,
    (deliveredWh / 1000).toFixed(1),
    boundWh === null ? "-" : (boundWh / 1000).toFixed(1),
    boundWh === null ? "-" : (deliveredWh / boundWh).toFixed(4),
    (deliveredWh / wantedWh).toFixed(4),
    ...fuseCells(fuseReports(virtual.world)),
    ((performance.now() - startedMs) / 1000).toFixed(1),
  ];
};

const fuseCells = (fuses: readonly FuseReport[]): Row => {
  const most = (valueOf: (fuse: FuseReport) => number): number => Math.max(...fuses.map(valueOf));
  const worst = fuses.reduce((a, b) => (b.peakA / b.limitA > a.peakA / a.limitA ? b : a));
  return [
    `${worst.circuit} ${worst.phase}`,
    worst.peakA.toFixed(1),
    String(worst.limitA),
    most(({ longestAboveS }) => longestAboveS).toFixed(1),
    (most(({ worstMinuteS }) => worstMinuteS) / 60).toFixed(3),
    most(({ evAboveS }) => evAboveS).toFixed(1),
    most(({ evLongestAboveS }) => evLongestAboveS).toFixed(1),
    most(({ evLateS }) => evLateS).toFixed(1),
  ];
};

/** The energy that perfect foresight could deliver at the most, where the file says so. */
const boundOf = (value: unknown): number | null => {
  const results = field(value, "results");
  const boundWh = field(field(results, "offlineLP"), "deliveredWh");
  return typeof boundWh === "number" ? boundWh : null;
};

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
