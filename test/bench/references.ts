import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import { caseHeadroom, planCase } from "#controller/cases/case-site.ts";
import { checkInstant } from "#controller/cases/check.ts";
import { divideCase } from "#controller/cases/divide-case.ts";
import type { InstantCase } from "#controller/cases/schema.ts";
import type { StrategyName } from "#controller/model/strategy.ts";
import { instant } from "#controller/model/time.ts";
import { checkDay } from "#drivers/simulator/day-schema.ts";
import { deadlineStepsMs } from "./references/deadline-day.ts";
import { percentile } from "./percentile.ts";

/** Cases are put together by the stations of their site. */
const SIZES = [
  { title: "small", least: 0 },
  { title: "54", least: 30 },
  { title: "200", least: 100 },
  { title: "1,000", least: 500 },
] as const;

const WARM_UP = 20;
const RUNS = 50;
const SCRIPT = join(import.meta.dirname, "references/instants.py");

type Timed = { readonly stations: number; readonly fairMs: number; readonly energyMs: number };
type Reference = { readonly fairMs: number; readonly highsMs: number };

/**
 * Times our division beside a reference max-min and HiGHS on the instant cases of a folder, and a step of the deadline strategy on
 * its days: `instant/*.json` and `days/*.json`, the reference in `judge/lib_case.py`, which needs Python with numpy and scipy.
 */
export const benchReferences = (folder: string): void => {
  const files = jsonFiles(join(folder, "instant"));
  if (files.length === 0) print(`skipped: there are no cases in ${join(folder, "instant")}`);
  else printInstants(files, referencesOf(folder, files));
  const days = jsonFiles(join(folder, "days"));
  if (days.length === 0) print(`skipped: there are no days in ${join(folder, "days")}`);
  else printDays(days);
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const jsonFiles = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .toSorted()
        .map((name) => join(folder, name))
    : [];

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));

/** What the references took, by file; none where they cannot run. */
const referencesOf = (folder: string, files: readonly string[]): ReadonlyMap<string, Reference> => {
  const judge = join(folder, "judge");
  const { status, stdout, stderr } = spawnSync("python3", [SCRIPT, judge], {
    input: JSON.stringify(files),
    encoding: "utf8",
  });
  if (status === 0) return new Map(Object.entries<Reference>(JSON.parse(stdout)));
  print(`no references: ${stderr?.trim().split("\n").at(-1) ?? "there is no python3"}`);
  return new Map();
};

const printInstants = (files: readonly string[], references: ReadonlyMap<string, Reference>): void => {
  printRow(["stations", "cases", "equal-share", "max-min", "ratio", "most-energy", "HiGHS", "ratio"]);
  const timed = files.map((file) => ({ ours: timesOf(file), reference: references.get(file) }));
  SIZES.forEach(({ title, least }, i) => {
    const most = SIZES[i + 1]?.least ?? Infinity;
    const pairs = timed.flatMap(({ ours, reference }) =>
      ours !== null && ours.stations >= least && ours.stations < most ? [{ ours, reference }] : [],
    );
    const median = (valueOf: (pair: (typeof pairs)[number]) => number | undefined): number =>
      percentile(
        pairs.flatMap((pair) => valueOf(pair) ?? []),
        0.5,
      );
    const cells = [
      median(({ ours }) => ours.fairMs),
      median(({ reference }) => reference?.fairMs),
      median(({ ours, reference }) => reference && reference.fairMs / ours.fairMs),
      median(({ ours }) => ours.energyMs),
      median(({ reference }) => reference?.highsMs),
      median(({ ours, reference }) => reference && reference.highsMs / ours.energyMs),
    ];
    printRow([title, String(pairs.length), ...cells.map((value) => value.toPrecision(3))]);
  });
};

const printRow = (cells: readonly string[]): void => print(cells.map((cell) => cell.padStart(12)).join(""));

const timesOf = (file: string): Timed | null => {
  const checked = checkInstant(readJson(file));
  if ("problems" in checked) return null;
  return {
    stations: checked.value.site.stations.length,
    fairMs: medianMs(checked.value, "equal-share"),
    energyMs: medianMs(checked.value, "most-energy"),
  };
};

/** The median time of one division, ms; the layout of the site is made once, as in the running loop. */
const medianMs = ({ site, evs, nominalVoltageV: voltageV = 230 }: InstantCase, name: StrategyName): number => {
  const casePlan = planCase(site);
  const loads = Object.fromEntries(site.circuits.map(({ id, baseLoadA }) => [id, baseLoadA]));
  const headroomA = caseHeadroom(casePlan, loads, evs);
  const strategy = STRATEGIES[name];
  const scene = { casePlan, headroomA, strategy, now: instant(0), stepS: null, voltageV, histories: new Map() };
  const times = Array.from({ length: WARM_UP + RUNS }, () => {
    const startedMs = performance.now();
    divideCase(evs, scene);
    return performance.now() - startedMs;
  });
  return percentile(times.slice(WARM_UP), 0.5);
};

const printDays = (files: readonly string[]): void => {
  print("");
  printRow(["stations", "sessions", "step p50 ms", "p99 ms", "max ms", "deadline on the day"]);
  for (const file of files) {
    const checked = checkDay(readJson(file));
    if (!("day" in checked)) continue;
    const { id, site, sessions } = checked.day;
    const times = deadlineStepsMs(checked.day);
    const at = (share: number): string => percentile(times, share).toFixed(3);
    printRow([String(site.stations.length), String(sessions.length), at(0.5), at(0.99), at(1), `  ${id}`]);
  }
};
