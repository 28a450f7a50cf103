import { readFile } from "node:fs/promises";
import { stringify } from "yaml";
import { deviceFacts } from "#drivers/device-facts.ts";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { checkDay } from "#drivers/simulator/day-schema.ts";
import { beforeTightestMs, siteOfDay } from "#drivers/simulator/day-site.ts";
import type { SimulatedSite } from "#drivers/simulator/simulated-site.ts";
import { siteFileOf } from "#drivers/simulator/site-file.ts";
import type { Day } from "#drivers/simulator/world/day-file.ts";
import { loadSiteFile } from "../config/load.ts";

/**
 * Reads and checks a day file and makes a site of it that begins at `startMs` into the day; null: an hour before its tightest moment. Rejects with
 * every problem, one a line, when it cannot be run.
 */
export const loadDaySite = async (path: string, startMs: number | null): Promise<SimulatedSite> => {
  const day = await loadDay(path);
  const site = siteOfDay(day, startMs ?? beforeTightestMs(day));
  const problems = [...startProblems(day, site.startMs), ...siteProblems(site)];
  if (problems.length > 0) throw refused(path, problems);
  return site;
};

/** Reads and checks a day file; rejects with every problem, one a line. */
export const loadDay = async (path: string): Promise<Day> => {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new Error(`The day file ${path} cannot be read: ${wordsOf(error)}`);
  });
  const check = checkDay(parse(path, text));
  if ("problems" in check) throw refused(path, check.problems);
  return check.day;
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const refused = (path: string, problems: readonly string[]): Error =>
  new Error([`The day file ${path} has problems:`, ...problems].join("\n"));

const parse = (path: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The day file ${path} is not JSON: ${wordsOf(error)}`, { cause: error });
  }
};

const startProblems = ({ periods, periodS }: Day, startMs: number): readonly string[] =>
  startMs < periods * periodS * 1000
    ? []
    : [`it ends ${((periods * periodS) / 3600).toFixed(1)} hours after its beginning: choose an earlier --day-start`];

/** What the site file made of it would be refused for, wherever its devices listen. */
const siteProblems = (site: SimulatedSite): readonly string[] => {
  const tcp = Object.fromEntries([...site.stations, ...site.meters].map(({ id }, i) => [id, i + 1]));
  const file = stringify(siteFileOf(site, { tcp, lines: {}, brokerUrl: null }));
  const { problems } = loadSiteFile(file, "site", deviceFacts(loadProfiles()));
  return problems
    .filter(({ severity }) => severity === "error")
    .map((problem) => `as a site, ${problem.path}: ${problem.what} → ${problem.remedy}`);
};
