import Type, { type TObject, type TSchema, type TUnion } from "typebox";
import { inspectLeaf, show } from "./inspect-leaf.ts";
import { didYouMean } from "./nearest.ts";
import { type Finding, type Path, wrong } from "../problem.ts";
import { isRecord, numberOption, textOption } from "./schema-node.ts";

const describe = (schema: TSchema | undefined): string => {
  const description = schema === undefined ? null : textOption(schema, "description");
  return description === null ? "" : ` (${description})`;
};

const literalsOf = (variants: readonly TObject[]): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const variant of variants)
    for (const [key, property] of Object.entries(variant.properties))
      if (Type.IsLiteral(property)) found.set(key, [...(found.get(key) ?? []), String(property.const)]);
  return found;
};

const matches = (variant: TObject, value: Record<string, unknown>): boolean =>
  Object.entries(variant.properties).every(
    ([key, property]) => !Type.IsLiteral(property) || property.const === value[key],
  );

const inspectUndecided = (
  variants: readonly TObject[],
  value: Record<string, unknown>,
  path: Path,
): readonly Finding[] =>
  [...literalsOf(variants)].map(([key, allowed]) => {
    const given = value[key];
    const remedy = `write ${key}: ${allowed.join(", or ")}`;
    if (given === undefined) return wrong([...path, key], "is missing", remedy);
    return wrong(
      [...path, key],
      `${show(given)} is not known`,
      didYouMean(typeof given === "string" ? given : "", allowed, remedy),
    );
  });

const inspectUnion = (schema: TUnion, value: unknown, path: Path): readonly Finding[] => {
  const objects = schema.anyOf.filter((v) => Type.IsObject(v));
  if (!isRecord(value)) {
    const simple = schema.anyOf.find((v) => !Type.IsObject(v)) ?? schema.anyOf[0];
    return simple === undefined ? [] : inspect(simple, value, path);
  }
  const variant = objects.find((v) => matches(v, value));
  return variant === undefined ? inspectUndecided(objects, value, path) : inspectObject(variant, value, path);
};

const inspectObject = (schema: TObject, value: unknown, path: Path): readonly Finding[] => {
  if (!isRecord(value))
    return [
      wrong(
        path,
        `must be a set of keys, not ${show(value)}`,
        `write its keys below it: ${Object.keys(schema.properties).join(", ")}`,
      ),
    ];
  const known = Object.keys(schema.properties);
  const required: readonly string[] = schema.required ?? [];
  const missing = required
    .filter((key) => value[key] === undefined)
    .map((key) => wrong([...path, key], "is missing", `add ${key}${describe(schema.properties[key])}`));
  const present = Object.entries(value).flatMap(([key, item]) => {
    const property = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (property !== undefined) return inspect(property, item, [...path, key]);
    return [
      wrong(
        [...path, key],
        "is not a known key here",
        didYouMean(key, known, `remove it; known here: ${known.join(", ")}`),
      ),
    ];
  });
  return [...missing, ...present];
};

const inspectArray = (schema: Type.TArray, value: unknown, path: Path): readonly Finding[] => {
  if (!Array.isArray(value))
    return [wrong(path, `must be a list, not ${show(value)}`, 'start each entry with "- " on its own line')];
  const least = numberOption(schema, "minItems", 0);
  const most = numberOption(schema, "maxItems", Infinity);
  if (value.length < least) return [wrong(path, "is an empty list", `add at least ${least}`)];
  if (value.length > most)
    return [wrong(path, `has ${value.length} entries, more than ${most}`, `keep at most ${most}`)];
  return value.flatMap((item: unknown, i) => inspect(schema.items, item, [...path, i]));
};

/** Everything in a value that its schema does not allow, in words for people; the schema has had its defaults applied. */
export const inspect = (schema: TSchema, value: unknown, path: Path): readonly Finding[] => {
  if (Type.IsUnion(schema)) return inspectUnion(schema, value, path);
  if (Type.IsObject(schema)) return inspectObject(schema, value, path);
  if (Type.IsArray(schema)) return inspectArray(schema, value, path);
  return inspectLeaf(schema, value, path);
};
