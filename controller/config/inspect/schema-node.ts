import type { TSchema } from "typebox";

/** Whether a value is a set of keys. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A numeric keyword of a schema, such as `minimum`; the given value where it has none. */
export const numberOption = (schema: TSchema, keyword: string, otherwise: number): number => {
  const value: unknown = Reflect.get(schema, keyword);
  return typeof value === "number" ? value : otherwise;
};

/** A textual keyword of a schema, such as `pattern`, or null. */
export const textOption = (schema: TSchema, keyword: string): string | null => {
  const value: unknown = Reflect.get(schema, keyword);
  return typeof value === "string" ? value : null;
};
