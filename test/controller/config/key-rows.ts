import { textOption } from "#controller/config/inspect/schema-node.ts";
import Type, { type TSchema } from "typebox";
import { DeviceConfig } from "#controller/config/schema-device.ts";
import {
  CircuitConfig,
  EvseConfig,
  InverterConfig,
  MeterConfig,
  SiteConfig,
  SiteFile,
  StationConfig,
} from "#controller/config/schema.ts";

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/Ms$/, "ms"],
  [/A$/, "A"],
  [/V$/, "V"],
  [/Kw$/, "kW"],
  [/Kva$/, "kVA"],
  [/W$/, "W"],
];

const keyword = (schema: TSchema, name: string): unknown => Reflect.get(schema, name);

const range = (schema: TSchema): string =>
  keyword(schema, "minimum") === undefined
    ? ""
    : `${String(keyword(schema, "minimum"))} to ${String(keyword(schema, "maximum"))}`;

const choices = (schema: TSchema): string | null => (Type.IsEnum(schema) ? schema.enum.map(String).join(", ") : null);

const unionKind = (variants: readonly TSchema[]): string =>
  variants.every((variant) => Type.IsObject(variant))
    ? "keys below"
    : `${variants.map(range).join("")}, or one per phase`;

const listKind = (items: TSchema): string => (choices(items) === null ? "list" : `list of ${choices(items)}`);

const leafKind = (schema: TSchema): string => {
  if (Type.IsInteger(schema)) return `${range(schema)}, whole`;
  if (Type.IsNumber(schema)) return range(schema);
  if (Type.IsBoolean(schema)) return "true or false";
  if (Type.IsLiteral(schema)) return String(schema.const);
  return Type.IsString(schema) ? "text" : "keys below";
};

const kindOf = (schema: TSchema): string => {
  if (Type.IsUnion(schema)) return unionKind(schema.anyOf);
  if (Type.IsArray(schema)) return listKind(schema.items);
  return choices(schema) ?? leafKind(schema);
};

const row = (key: string, schema: TSchema): string => {
  const standard = keyword(schema, "default");
  const isOptional = Type.IsOptional(schema);
  const fallback = standard === undefined ? (isOptional ? "–" : "required") : `\`${JSON.stringify(standard)}\``;
  const unit = UNITS.find(([pattern]) => pattern.test(key))?.[1] ?? "";
  return `| \`${key}\` | ${unit} | ${kindOf(schema)} | ${fallback} | ${textOption(schema, "description") ?? ""} |`;
};

const rows = (schema: TSchema): readonly string[] =>
  Type.IsObject(schema) ? Object.entries(schema.properties).map(([key, property]) => row(key, property)) : [];

const { demand, emergencyStop, generator, gridOperator, gateway, strategy, guaranteeMinimums, solarFirst, cheapest } =
  SiteFile.properties;
const [tcp, serial, mqtt] = DeviceConfig.anyOf;

/** The rows of docs/site-file.md by heading, derived from the schema. */
export const KEY_ROWS: ReadonlyMap<string, readonly string[]> = new Map([
  ["site", rows(SiteConfig)],
  ["circuits", rows(CircuitConfig)],
  ["stations", rows(StationConfig)],
  ["evses", rows(EvseConfig)],
  ["meters", rows(MeterConfig)],
  ["inverters", rows(InverterConfig)],
  ["device over Modbus TCP", rows(tcp)],
  ["device over Modbus RTU", rows(serial)],
  ["device over MQTT", rows(mqtt)],
  ["gateway", rows(gateway)],
  ["emergencyStop", rows(emergencyStop)],
  ["generator", rows(generator)],
  ["gridOperator", rows(gridOperator)],
  ["demand", rows(demand)],
  ["solarFirst", rows(solarFirst)],
  ["cheapest", rows(cheapest)],
  ["strategy", [row("strategy", strategy), row("guaranteeMinimums", guaranteeMinimums)]],
]);
