import { basename, dirname } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importCycles, importsOf, sourceFiles, type Import, type SourceFile } from "./support/source-files.ts";

type Rule = {
  /** A folder, or one file with an exception of its own. */
  readonly at: string;
  /** Own folders and files, packages and `node:` modules it may import besides its own folder; a trailing `*` stands for any ending. */
  readonly may: readonly string[];
  /** Of these it may import types alone. */
  readonly mayImportTypesOf?: readonly string[];
};

/** Which way imports point. This table is the architecture: to change it is a design decision and wants a page in docs/decisions. */
const RULES: readonly Rule[] = [
  { at: "controller/model", may: [] },
  { at: "controller/protocol", may: ["controller/model", "typebox", "node:net", "node:fs/promises"] },
  { at: "controller/allocation", may: ["controller/model"] },
  { at: "controller/limits", may: ["controller/model"] },
  { at: "controller/sessions", may: ["controller/model"] },
  { at: "controller/config", may: ["controller/model", "typebox", "yaml"] },
  { at: "controller/cases", may: ["controller/model", "controller/allocation", "typebox"] },
  {
    at: "controller/loop",
    may: [
      "controller/model",
      "controller/allocation",
      "controller/limits",
      "controller/sessions",
      "controller/protocol",
    ],
  },
  {
    at: "controller/api",
    may: ["controller/model", "controller/protocol", "fastify", "@fastify/*", "typebox", "node:*"],
  },
  { at: "controller/api/page-build.ts", may: ["vite"] },
  {
    at: "controller/broker",
    may: ["controller/model", "controller/protocol", "aedes", "node:*"],
    mayImportTypesOf: ["pino"],
  },
  { at: "drivers", may: ["controller/model", "modbus-serial", "mqtt", "yaml", "typebox", "node:*"] },
  { at: "drivers/simulator/world", may: ["controller/model", "drivers/decode.ts"] },
  { at: "controller/apps", may: ["*"] },
  { at: "controller/cli", may: ["*"] },
  { at: "controller/supervisor.ts", may: ["*"] },
  { at: "controller/data-directory.ts", may: ["typebox", "node:*"] },
  { at: "controller/main.ts", may: ["*"] },
  { at: "dashboards/web", may: ["preact"], mayImportTypesOf: ["controller/protocol", "controller/model"] },
  { at: "dashboards/web/vite.config.ts", may: ["vite", "node:*"] },
  { at: "test", may: ["*"] },
];

/** The only files that may import `node:process`, for the same reason that lint keeps `process` out of all others. */
const PROCESS_FILES = ["controller/main.ts", "controller/supervisor.ts", "controller/apps/clocks.ts"];

const MAX_FILE_LINES = 300;
const MAX_FOLDER_FILES = 14;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|d))?\.tsx?$/;
const DEFAULT_EXPORT = /^export\s+(default\b|\{[^}]*\bas\s+default\b)/m;

const covers = (pattern: string, target: string): boolean =>
  pattern.endsWith("*")
    ? target.startsWith(pattern.slice(0, -1))
    : target === pattern || target.startsWith(`${pattern}/`);

/** A file answers to the rule of its nearest folder, widened by a rule for that very file. */
const rulesFor = (path: string): readonly Rule[] => {
  const folder = RULES.filter((rule) => path.startsWith(`${rule.at}/`)).toSorted(
    (a, b) => b.at.length - a.at.length,
  )[0];
  const own = RULES.find((rule) => rule.at === path);
  return [folder, own].filter((rule) => rule !== undefined);
};

const isAllowed = (path: string, rule: Rule, to: Import): boolean => {
  const own = path.startsWith(`${rule.at}/`) ? [rule.at] : [];
  const types = to.isTypeOnly ? (rule.mayImportTypesOf ?? []) : [];
  return [...own, ...rule.may, ...types].some((pattern) => covers(pattern, to.target));
};

const root = (path: string): string => path.split("/")[0] ?? "";

const spelling = (path: string, to: Import): string | null => {
  if (!to.isOwn) return null;
  const isSubpath = to.specifier.startsWith("#");
  if (isSubpath && root(path) === root(to.target) && root(path) !== "test") return "inside a root imports are relative";
  if (!isSubpath && root(path) !== root(to.target)) return "across roots imports start with #";
  return /\.(tsx?|css)$/.test(to.target) ? null : "the file extension is written";
};

const wrongImports = (file: SourceFile): readonly string[] => {
  const rules = rulesFor(file.path);
  if (rules.length === 0) return [`${file.path}: no rule says what this folder may import`];
  return importsOf(file).flatMap((to) => {
    const isProcess = to.target === "node:process" && root(file.path) !== "test" && !PROCESS_FILES.includes(file.path);
    const isBarred = isProcess || !rules.some((rule) => isAllowed(file.path, rule, to));
    const reasons = [isBarred ? "not on the allow-list" : null, spelling(file.path, to)];
    return reasons.flatMap((reason) => (reason === null ? [] : [`${file.path} imports ${to.specifier}: ${reason}`]));
  });
};

const lineCount = (text: string): number => text.replace(/\n$/, "").split("\n").length;

const crowdedFolders = (files: readonly SourceFile[]): readonly string[] => {
  const counts = Map.groupBy(files, (file) => dirname(file.path));
  return [...counts].flatMap(([folder, inside]) =>
    inside.length > MAX_FOLDER_FILES ? [`${folder}: ${inside.length}`] : [],
  );
};

const files = sourceFiles(fileURLToPath(new URL("..", import.meta.url)), [
  "controller",
  "drivers",
  "dashboards",
  "test",
]);
const paths = (matching: readonly SourceFile[]): readonly string[] => matching.map((file) => file.path);

describe("the source tree", () => {
  it("is really looked at", () => {
    expect(paths(files)).toContain("controller/model/fault.ts");
    expect(paths(files)).toContain("test/architecture.test.ts");
    expect(files.flatMap(importsOf).length).toBeGreaterThan(files.length / 2);
  });

  it("imports only what the allow-list gives each folder", () => {
    expect(files.flatMap(wrongImports)).toEqual([]);
  });

  it("has no import cycles", () => {
    expect(importCycles(files)).toEqual([]);
  });

  it("has no file longer than one can read at a sitting", () => {
    expect(paths(files.filter((file) => lineCount(file.text) > MAX_FILE_LINES))).toEqual([]);
  });

  it("has no crowded folder", () => {
    expect(crowdedFolders(files)).toEqual([]);
  });

  it("names files in kebab case", () => {
    expect(paths(files.filter((file) => !KEBAB_CASE.test(basename(file.path))))).toEqual([]);
  });

  it("exports by name", () => {
    const byDefault = files.filter((file) => DEFAULT_EXPORT.test(file.text) && !file.path.endsWith(".config.ts"));
    expect(paths(byDefault)).toEqual([]);
  });
});

describe("the checker", () => {
  const made = (path: string, text: string): SourceFile => ({ path, text });

  it.each([
    ["controller/model/made-up.ts", 'import { readFileSync } from "node:fs";'],
    ["controller/model/made-up.ts", 'import type { Static } from "typebox";'],
    ["controller/model/made-up.ts", 'export { allocate } from "../allocation/allocate.ts";'],
    ["controller/allocation/made-up.ts", 'import {\n  cycle,\n  type Cycle,\n} from "../loop/cycle.ts";'],
    ["controller/allocation/made-up.ts", 'const late = await import("node:fs");'],
    ["controller/loop/made-up.ts", 'import { ModbusBus } from "#drivers/transports/modbus.ts";'],
    ["controller/config/made-up.ts", 'import { hrtime } from "node:process";'],
    ["controller/api/made-up.ts", 'import { hrtime } from "node:process";'],
    ["controller/api/server.ts", 'import { build } from "vite";'],
    ["controller/broker/made-up.ts", 'import { createServer } from "../api/server.ts";'],
    ["drivers/made-up.ts", 'import { loadSite } from "#controller/config/load.ts";'],
    ["drivers/simulator/world/made-up.ts", 'import "node:net";'],
    ["drivers/simulator/world/made-up.ts", 'import { readProfile } from "../../profiles/load.ts";'],
    ["dashboards/web/src/made-up.tsx", 'import { mapPhases } from "#controller/model/phase.ts";'],
    ["dashboards/web/src/made-up.tsx", 'import type { Server } from "#controller/api/server.ts";'],
    ["controller/utils/made-up.ts", ""],
  ])("refuses what the allow-list does not name: %s %s", (path, text) => {
    expect(wrongImports(made(path, text))).toHaveLength(1);
  });

  it.each([
    ["controller/model/made-up.ts", 'import type { Fault } from "./fault.ts";'],
    [
      "controller/model/made-up.ts",
      '/** As in `import "node:fs"`. */\n// import "node:fs";\nexport const a = "from x";',
    ],
    ["controller/allocation/strategies/made-up.ts", 'import type { Claim } from "../claim.ts";'],
    ["controller/api/page-build.ts", 'import { build } from "vite";\nimport { mark } from "../protocol/messages.ts";'],
    ["controller/api/made-up.ts", 'import files from "@fastify/static";\nimport { join } from "node:path";'],
    ["drivers/simulator/world/made-up.ts", 'import { encode } from "../../decode.ts";'],
    ["dashboards/web/src/made-up.tsx", 'import type { LiveFrame } from "#controller/protocol/live-frame.ts";'],
    ["controller/apps/control.ts", 'import { openBus } from "#drivers/transports/modbus.ts";'],
  ])("lets pass what it names: %s %s", (path, text) => {
    expect(wrongImports(made(path, text))).toEqual([]);
  });

  it("refuses a relative import that leaves its root and a subpath import inside it", () => {
    const across = made("drivers/made-up.ts", 'import { fault } from "../controller/model/fault.ts";');
    const inside = made("controller/loop/made-up.ts", 'import { fault } from "#controller/model/fault.ts";');
    expect(wrongImports(across)).toEqual([expect.stringContaining("across roots")]);
    expect(wrongImports(inside)).toEqual([expect.stringContaining("inside a root")]);
  });

  it("finds a cycle through three files", () => {
    const cycle = [
      made("controller/loop/a.ts", 'import { b } from "./b.ts";'),
      made("controller/loop/b.ts", 'import { c } from "./c.ts";'),
      made("controller/loop/c.ts", 'import { a } from "./a.ts";'),
    ];
    expect(importCycles(cycle)).toEqual([
      "controller/loop/a.ts -> controller/loop/b.ts -> controller/loop/c.ts -> controller/loop/a.ts",
    ]);
    expect(importCycles(cycle.slice(1))).toEqual([]);
  });

  it("finds crowded folders, camel-cased names and default exports", () => {
    const crowd = Array.from({ length: MAX_FOLDER_FILES + 1 }, (_, index) => made(`drivers/many/f${index}.ts`, ""));
    expect(crowdedFolders(crowd)).toEqual([`drivers/many: ${MAX_FOLDER_FILES + 1}`]);
    expect(KEBAB_CASE.test("siteFile.ts")).toBe(false);
    expect(DEFAULT_EXPORT.test("const a = 1;\nexport default a;")).toBe(true);
    expect(DEFAULT_EXPORT.test("export { a as default };")).toBe(true);
  });
});
