import { SiteFile } from "./schema.ts";
import { isRecord } from "./inspect/schema-node.ts";

const isDefaulted = (properties: unknown, key: unknown): boolean => {
  const property = isRecord(properties) && typeof key === "string" ? properties[key] : undefined;
  return isRecord(property) && "default" in property;
};

const withoutDefaulted = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(withoutDefaulted);
  if (!isRecord(node)) return node;
  const entries = Object.entries(node).map(([key, value]): [string, unknown] =>
    key === "required" && Array.isArray(value)
      ? [key, value.filter((k) => !isDefaulted(node["properties"], k))]
      : [key, withoutDefaulted(value)],
  );
  return Object.fromEntries(entries);
};

/** The JSON Schema for editors: as written by people, so a key with a default may be left out. */
export const exportSiteSchema = (): string => `${JSON.stringify(withoutDefaulted(SiteFile), null, 2)}\n`;
