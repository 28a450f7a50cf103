import { readFile } from "node:fs/promises";
import { deviceFacts } from "#drivers/device-facts.ts";
import { loadProfiles, type Profiles } from "#drivers/profiles/load.ts";
import { loadSiteFile, type LoadedSite } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";

/** A site file that may be run, and the profiles of its devices. */
export type RunnableSite = { readonly loaded: LoadedSite; readonly profiles: Profiles };

/** Reads and checks a site file. Rejects with every problem, one a line, when it must not be run. */
export const loadRunnableSite = async (path: string): Promise<RunnableSite> => {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new Error(`The site file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const profiles = loadProfiles();
  const { loaded, problems } = loadSiteFile(text, path, deviceFacts(profiles));
  if (loaded === null) {
    const errors = problems.filter(({ severity }) => severity === "error");
    throw new Error([`The site file ${path} has problems:`, ...errors.map(formatProblem)].join("\n"));
  }
  return { loaded, profiles };
};
