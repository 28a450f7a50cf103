import { Compile } from "typebox/compile";
import type { FactsById } from "./device-facts.ts";
import type { Finding, Path } from "./problem.ts";
import { CircuitConfig, InverterConfig, MeterConfig, type SiteFile, StationConfig } from "./schema.ts";
import { isRecord } from "./inspect/schema-node.ts";

/** One entry of a list of the site file, with its place. */
export type Entry<T> = {
  readonly path: Path;
  readonly value: T;
  /** Whether the schema had nothing to say about it: what it lacks is then really missing. */
  readonly isWhole: boolean;
};

/** As much of a site file as is sound enough to be checked further. */
export type Draft = {
  readonly circuits: readonly Entry<CircuitConfig>[];
  readonly stations: readonly Entry<StationConfig>[];
  readonly meters: readonly Entry<MeterConfig>[];
  readonly inverters: readonly Entry<InverterConfig>[];
  /** Ids of every entry, sound or not, so that references to unsound ones are not called wrong; null: the list is no list. */
  readonly circuitIds: ReadonlySet<string> | null;
  readonly meterIds: ReadonlySet<string> | null;
  /** Whether no entry had to be left out. */
  readonly isComplete: boolean;
  readonly timezone: string | null;
  readonly mqttPort: SiteFile["gateway"]["mqttPort"] | null;
  readonly facts: FactsById;
};

const circuitCheck = Compile(CircuitConfig);
const stationCheck = Compile(StationConfig);
const meterCheck = Compile(MeterConfig);
const inverterCheck = Compile(InverterConfig);

const isCircuit = (value: unknown): value is CircuitConfig => circuitCheck.Check(value);
const isStation = (value: unknown): value is StationConfig => stationCheck.Check(value);
const isMeter = (value: unknown): value is MeterConfig => meterCheck.Check(value);
const isInverter = (value: unknown): value is InverterConfig => inverterCheck.Check(value);

const startsWith = (path: Path, prefix: Path): boolean => prefix.every((step, i) => path[i] === step);

const without = (value: unknown, path: Path): unknown => {
  const [step, ...rest] = path;
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === step ? without(item, rest) : item));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== step || rest.length > 0);
  return Object.fromEntries(entries.map(([key, item]) => [key, key === step ? without(item, rest) : item]));
};

const listOf = (file: Record<string, unknown>, list: string): readonly unknown[] => {
  const value = file[list];
  return Array.isArray(value) ? value : [];
};

/** The entries of a list that fit once what the schema refuses in them is taken out. */
const soundEntries = <T>(
  file: Record<string, unknown>,
  list: string,
  findings: readonly Finding[],
  fits: (value: unknown) => value is T,
): readonly Entry<T>[] =>
  listOf(file, list).flatMap((item, i) => {
    const own = findings.filter((f) => startsWith(f.path, [list, i]));
    const cleaned = own.reduce<unknown>((value, f) => without(value, f.path.slice(2)), item);
    return fits(cleaned) ? [{ path: [list, i], value: cleaned, isWhole: own.length === 0 }] : [];
  });

const idsOf = (file: Record<string, unknown>, list: string): ReadonlySet<string> | null => {
  if (!Array.isArray(file[list])) return null;
  const ids = listOf(file, list).map((item) => (isRecord(item) ? item["id"] : undefined));
  return new Set(ids.filter((id) => typeof id === "string"));
};

const isFullList = (file: Record<string, unknown>, list: string, entries: readonly Entry<unknown>[]): boolean =>
  Array.isArray(file[list]) && entries.length === file[list].length && entries.every((e) => e.isWhole);

/** The sound part of a file whose schema findings are given. */
export const toDraft = (file: Record<string, unknown>, findings: readonly Finding[], facts: FactsById): Draft => {
  const circuits = soundEntries(file, "circuits", findings, isCircuit);
  const stations = soundEntries(file, "stations", findings, isStation);
  const meters = soundEntries(file, "meters", findings, isMeter);
  const site = isRecord(file["site"]) ? file["site"] : {};
  const gateway = isRecord(file["gateway"]) ? file["gateway"] : {};
  return {
    circuits,
    stations,
    meters,
    inverters: soundEntries(file, "inverters", findings, isInverter),
    circuitIds: idsOf(file, "circuits"),
    meterIds: idsOf(file, "meters"),
    isComplete:
      isFullList(file, "circuits", circuits) &&
      isFullList(file, "stations", stations) &&
      isFullList(file, "meters", meters),
    timezone: typeof site["timezone"] === "string" ? site["timezone"] : null,
    mqttPort: typeof gateway["mqttPort"] === "number" ? gateway["mqttPort"] : null,
    facts,
  };
};
