import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { simulateDay } from "#controller/apps/simulation/simulate-day.ts";
import { STRATEGY_NAMES, type StrategyName } from "#controller/model/strategy.ts";
import { checkDay } from "#drivers/simulator/day-schema.ts";
import type { CircuitOutcome } from "#drivers/simulator/tally/day.ts";
import type { Day } from "#drivers/simulator/world/day-file.ts";

type Row = readonly string[];

/**
 * The columns: energy delivered as a share of the most that perfect foresight could, where the file says so, and of what was wanted; sessions met,
 * pauses, the most that vehicles drew above what the building left; of the worst fuse the longest time above its limit whatever the cause, its hottest
 * minute (1 is the rated current) and what became of it; real time.
 */
const COLUMNS: readonly (readonly [title: string, width: number])[] = [
  ["day", 20],
  ["strategy", 12],
  ["of bound", 8],
  ["of wanted", 9],
  ["met", 8],
  ["pauses", 6],
  ["EVs over A", 10],
  ["longest above s", 15],
  ["heat", 6],
  ["fuse", 8],
  ["took s", 7],
];

/** Runs whole `alloc-day/1` files through the real loop on the virtual clock and prints a row for each day and strategy. */
export const benchDays = async (
  files: readonly string[],
  strategies: readonly string[],
  cycleS: number,
): Promise<void> => {
  print(COLUMNS.map(([title]) => title));
  for (const file of files) {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    const checked = checkDay(value);
    if ("problems" in checked) process.stdout.write(`${file}:\n${checked.problems.join("\n")}\n`);
    else
      for (const strategy of STRATEGY_NAMES.filter((name) => strategies.includes(name)))
        print(await runDay(checked.day, { strategy, cycleS }, boundOf(value)));
  }
};

const print = (row: Row): void => {
  const cells = COLUMNS.map(([, width], i) => (i < 2 ? (row[i] ?? "").padEnd(width) : (row[i] ?? "").padStart(width)));
  process.stdout.write(`${cells.join("  ")}\n`);
};

type Choice = { readonly strategy: StrategyName; readonly cycleS: number };

const runDay = async (day: Day, choice: Choice, boundWh: number | null): Promise<Row> => {
  const startedMs = performance.now();
  const { metrics, byCircuit } = await simulateDay(day, { ...choice, needs: "exact" });
  return [
    day.id,
    choice.strategy,
    boundWh === null ? "-" : (metrics.deliveredWh / boundWh).toFixed(4),
    metrics.deliveredFraction.toFixed(4),
    `${metrics.sessionsMet}/${metrics.sessions}`,
    String(metrics.interruptions),
    String(metrics.maxOverLimitA),
    ...fuseCells(byCircuit),
    ((performance.now() - startedMs) / 1000).toFixed(1),
  ];
};

const fuseCells = (circuits: readonly CircuitOutcome[]): Row => [
  Math.max(...circuits.map(({ longestAboveS }) => longestAboveS)).toFixed(1),
  Math.max(...circuits.map(({ worstMinuteHeat }) => worstMinuteHeat)).toFixed(3),
  (["vehicles", "building"] as const).find((fate) => circuits.some(({ fuse }) => fuse === fate)) ?? "kept",
];

/** The energy that perfect foresight could deliver at the most, where the file says so. */
const boundOf = (value: unknown): number | null => {
  const results = field(value, "results");
  const boundWh = field(field(results, "offlineLP"), "deliveredWh");
  return typeof boundWh === "number" ? boundWh : null;
};

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
