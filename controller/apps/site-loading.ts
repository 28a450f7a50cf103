import { readFile } from "node:fs/promises";
import { deviceFacts } from "#drivers/device-facts.ts";
import { loadProfiles, type Profiles } from "#drivers/profiles/load.ts";
import { loadSiteFile, type LoadedSite } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";

/** A site file that may be run, and the profiles of its devices. */
export type RunnableSite = { readonly loaded: LoadedSite; readonly profiles: Profiles };

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of that path is a file, not a directory",
  EACCES: "this user has no permission to read it",
};

const unreadable = (error: unknown): string => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return UNREADABLE[code] ?? (error instanceof Error ? error.message : String(error));
};

/** The text of a site file; rejects, in words for people, when it cannot be read. */
export const readSiteText = (path: string): Promise<string> =>
  readFile(path, "utf8").catch((error: unknown) => {
    throw new Error(unreadable(error), { cause: error });
  });

/** Reads and checks a site file. Rejects with every problem, one a line, when it must not be run. */
export const loadRunnableSite = async (path: string): Promise<RunnableSite> => {
  const text = await readSiteText(path).catch((error: Error) => {
    throw new Error(`The site file ${path} cannot be read: ${error.message}.`, { cause: error });
  });
  const profiles = loadProfiles();
  const { loaded, problems } = loadSiteFile(text, path, deviceFacts(profiles));
  if (loaded === null) {
    const errors = problems.filter(({ severity }) => severity === "error");
    throw new Error([`The site file ${path} has problems:`, ...errors.map(formatProblem)].join("\n"));
  }
  return { loaded, profiles };
};
