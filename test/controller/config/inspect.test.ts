import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Compile } from "typebox/compile";
import { Default } from "typebox/value";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { inspect } from "#controller/config/inspect/inspect.ts";
import { SiteFile } from "#controller/config/schema.ts";

const GOOD: unknown = parse(readFileSync(join(import.meta.dirname, "good.yaml"), "utf8"));
const check = Compile(SiteFile);

const isBranch = (value: unknown): value is Record<string, unknown> | unknown[] =>
  typeof value === "object" && value !== null;

/** The value with something else at a path chosen by the given numbers. */
const mutate = (value: unknown, choices: readonly number[], put: (old: unknown) => unknown): unknown => {
  const [choice, ...rest] = choices;
  if (choice === undefined || !isBranch(value)) return put(value);
  const keys = Object.keys(value);
  const key = keys[choice % Math.max(1, keys.length)];
  if (key === undefined) return put(value);
  const changed: [string, unknown][] = Object.entries(value).map(([k, item]) => [
    k,
    k === key ? mutate(item, rest, put) : item,
  ]);
  return Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed);
};

const putAnything = fc.oneof(
  fc.constantFrom<unknown>(null, "", "x", "a b", true, 0, -1, 1.5, 1e9, Number.NaN, [], {}, "L1", "mqtt", "modbus-rtu"),
  fc.string(),
  fc.double(),
);

describe("the inspection of a site file", () => {
  it("finds nothing exactly where the schema finds nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 6 }), putAnything, (choices, item) => {
        const value: unknown = Default(
          SiteFile,
          mutate(GOOD, choices, () => item),
        );
        expect(inspect(SiteFile, value, []).length === 0).toBe(check.Check(value));
      }),
      { numRuns: 3000 },
    );
  });

  it("finds an added key wherever it is added", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 6 }), (choices) => {
        const add = (old: unknown): unknown =>
          isBranch(old) && !Array.isArray(old) ? { ...old, surplusKey: 1 } : "surplus";
        const value: unknown = Default(SiteFile, mutate(GOOD, choices, add));
        expect(inspect(SiteFile, value, []).length === 0).toBe(check.Check(value));
      }),
      { numRuns: 500 },
    );
  });
});
