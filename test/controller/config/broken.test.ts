import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadSiteFile } from "#controller/config/load.ts";
import { formatProblem } from "#controller/config/problem.ts";
import { TEST_FACTS } from "./facts.ts";

const FOLDER = join(import.meta.dirname, "broken");
const read = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.replace(".yaml", ""));

describe("a broken site file is refused with every problem, its line and what to do", () => {
  it.each(NAMES)("%s", (name) => {
    const result = loadSiteFile(read(`${name}.yaml`), `${name}.yaml`, TEST_FACTS);
    expect(result.problems.map((problem) => `${formatProblem(problem)}\n`).join("")).toBe(read(`${name}.txt`));
    expect(result.loaded).toBeNull();
  });
});
