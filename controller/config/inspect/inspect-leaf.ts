import Type, { type TSchema } from "typebox";
import { didYouMean } from "./nearest.ts";
import { type Finding, type Path, wrong } from "../problem.ts";
import { numberOption, textOption } from "./schema-node.ts";

/** A value in a message: short, and never a whole structure. */
export const show = (value: unknown): string => {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a set of keys";
  if (typeof value === "string") return `"${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "something else";
};

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/Ms$/, " ms"],
  [/A$|^L[123]$/, " A"],
  [/V$/, " V"],
];

const unitOf = (path: Path): string => {
  const key = String(path.at(-1) ?? "");
  return UNITS.find(([pattern]) => pattern.test(key))?.[1] ?? "";
};

const inspectNumber = (schema: TSchema, value: unknown, path: Path, isWhole: boolean): readonly Finding[] => {
  const unit = unitOf(path);
  const minimum = numberOption(schema, "minimum", -Infinity);
  const maximum = numberOption(schema, "maximum", Infinity);
  const range = `write a ${isWhole ? "whole " : ""}number from ${minimum} to ${maximum}${unit === "" ? "" : ` (in${unit})`}`;
  if (typeof value !== "number")
    return [wrong(path, `must be a number, not ${show(value)}`, numberRemedy(value, range))];
  if (!Number.isFinite(value)) return [wrong(path, "must be a number", range)];
  if (isWhole && !Number.isInteger(value)) return [wrong(path, `must be a whole number, not ${value}`, range)];
  if (value < minimum) return [wrong(path, `${value}${unit} is below the least allowed, ${minimum}${unit}`, range)];
  if (value > maximum) return [wrong(path, `${value}${unit} is above the most allowed, ${maximum}${unit}`, range)];
  return [];
};

const numberRemedy = (value: unknown, range: string): string => {
  const digits = typeof value === "string" ? /^\s*(\d+)(?:[.,](\d+))?\s*[A-Za-z]{0,3}\s*$/.exec(value) : null;
  if (digits === null) return range;
  return `write ${digits[1]}${digits[2] === undefined ? "" : `.${digits[2]}`} alone: no unit, no quotes, a point for decimals`;
};

const inspectString = (schema: TSchema, value: unknown, path: Path): readonly Finding[] => {
  if (typeof value !== "string") {
    const isSimple = typeof value === "number" || typeof value === "boolean";
    return [
      wrong(
        path,
        `must be text, not ${show(value)}`,
        isSimple ? `put it in quotes: "${String(value)}"` : "write a text",
      ),
    ];
  }
  if (value.length < numberOption(schema, "minLength", 0)) return [wrong(path, "is empty", "write a text")];
  const most = numberOption(schema, "maxLength", Infinity);
  if (value.length > most) return [wrong(path, `is ${value.length} characters long, more than ${most}`, "shorten it")];
  const pattern = textOption(schema, "pattern");
  if (pattern === null || new RegExp(pattern, "u").test(value)) return [];
  return [
    wrong(path, `${showUnlessSecret(value)} does not fit`, textOption(schema, "patternErrorMessage") ?? "correct it"),
  ];
};

const showUnlessSecret = (value: string): string => (value.includes("@") ? "this text" : show(value));

const inspectChoice = (choices: readonly unknown[], value: unknown, path: Path): readonly Finding[] => {
  if (choices.includes(value)) return [];
  const words = choices.map(String);
  return [
    wrong(
      path,
      `${show(value)} is not known`,
      didYouMean(show(value).replaceAll('"', ""), words, `write ${words.join(", or ")}`),
    ),
  ];
};

/** Everything wrong with a single value: its type, range, length, pattern or choice. */
export const inspectLeaf = (schema: TSchema, value: unknown, path: Path): readonly Finding[] => {
  if (Type.IsNumber(schema)) return inspectNumber(schema, value, path, false);
  if (Type.IsInteger(schema)) return inspectNumber(schema, value, path, true);
  if (Type.IsString(schema)) return inspectString(schema, value, path);
  if (Type.IsEnum(schema)) return inspectChoice(schema.enum, value, path);
  if (Type.IsLiteral(schema)) return inspectChoice([schema.const], value, path);
  if (Type.IsBoolean(schema) && typeof value !== "boolean")
    return [wrong(path, `must be true or false, not ${show(value)}`, "write true or false, without quotes")];
  return [];
};
