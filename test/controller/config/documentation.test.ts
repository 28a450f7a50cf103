import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportSiteSchema } from "#controller/config/export-schema.ts";
import { loadSiteFile } from "#controller/config/load.ts";
import { formatProblem } from "#controller/config/problem.ts";
import { deviceFacts } from "#drivers/device-facts.ts";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { KEY_ROWS } from "./key-rows.ts";

const docs = (name: string): string => readFileSync(join(import.meta.dirname, "../../../docs", name), "utf8");

const withoutPadding = (text: string): string => text.replaceAll(/ +/g, " ");

const sectionOf = (text: string, heading: string): string => text.split(`### ${heading}\n`)[1]?.split("\n#")[0] ?? "";

const exampleOf = (text: string): string => text.split("```yaml\n")[1]?.split("```")[0] ?? "";

const BOUNDS: Readonly<Record<string, readonly string[]>> = {
  number: ["minimum", "maximum"],
  integer: ["minimum", "maximum"],
  string: ["maxLength"],
  array: ["maxItems"],
  object: ["additionalProperties"],
};

const unboundedIn = (node: unknown, at: string): readonly string[] => {
  if (typeof node !== "object" || node === null) return [];
  const entries = new Map<string, unknown>(Object.entries(node));
  const type = entries.get("type");
  const needed = typeof type === "string" && !entries.has("const") ? (BOUNDS[type] ?? []) : [];
  const own = needed.every((bound) => entries.has(bound)) ? [] : [at];
  return [...own, ...[...entries].flatMap(([key, item]) => unboundedIn(item, `${at}/${key}`))];
};

describe("the documentation of the site file", () => {
  const guide = docs("site-file.md");

  it("publishes the schema as it is", () => {
    expect(docs("site.schema.json")).toBe(exportSiteSchema());
  });

  it.each([...KEY_ROWS])("lists every key of %s with its unit, range and default", (heading, rows) => {
    const section = withoutPadding(sectionOf(guide, heading));
    for (const row of rows) expect(section).toContain(withoutPadding(row));
    expect(section.split("\n").filter((line) => line.startsWith("| `"))).toHaveLength(rows.length);
  });

  it("has an example that passes the check with the profiles we ship", () => {
    const result = loadSiteFile(exampleOf(guide), "site.yaml", deviceFacts(loadProfiles()));
    expect(result.problems.map(formatProblem)).toEqual([]);
    expect(result.loaded).not.toBeNull();
  });

  it("has an example in which every key appears", () => {
    const keys = [...KEY_ROWS.values()].flat().map((row) => row.split("`")[1] ?? "");
    expect(keys.filter((key) => !exampleOf(guide).includes(`${key}:`))).toEqual([]);
  });
});

describe("the published schema", () => {
  it("lets people leave out what has a default", () => {
    expect(exportSiteSchema()).not.toContain('"reserveA",');
    expect(JSON.parse(exportSiteSchema())).toMatchObject({ required: ["site", "circuits", "stations"] });
  });

  it("bounds every number, text and list, and closes every object", () => {
    expect(unboundedIn(JSON.parse(exportSiteSchema()), "")).toEqual([]);
    expect(unboundedIn({ type: "object", properties: { limitA: { type: "number", minimum: 0 } } }, "")).toHaveLength(2);
  });
});
