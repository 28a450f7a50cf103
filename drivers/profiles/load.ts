import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { Compile } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import { Settings } from "typebox/system";
import { parseDocument } from "yaml";

import { checkInverter, checkMeter, checkStation } from "./cross-check.ts";
import { InverterProfile, MeterProfile, StationProfile } from "./schema.ts";

/** Every profile of a folder by its id, and what is wrong with the files that are left out, each with file and path. */
export type Profiles = {
  readonly stations: ReadonlyMap<string, StationProfile>;
  readonly meters: ReadonlyMap<string, MeterProfile>;
  readonly inverters: ReadonlyMap<string, InverterProfile>;
  readonly problems: readonly string[];
};

type Format<P> = {
  readonly folder: string;
  readonly schema: {
    Default(value: unknown): unknown;
    Check(value: unknown): value is P;
    Errors(value: unknown): TLocalizedValidationError[];
  };
  readonly crossCheck: (profile: P) => readonly string[];
};

type Loaded<P> = { readonly profiles: ReadonlyMap<string, P>; readonly problems: readonly string[] };
type Parsed<P> = { readonly profile: P | null; readonly problems: readonly string[] };

const stationSchema = Compile(StationProfile);
const meterSchema = Compile(MeterProfile);
const inverterSchema = Compile(InverterProfile);
const STATIONS: Format<StationProfile> = { folder: "stations", schema: stationSchema, crossCheck: checkStation };
const METERS: Format<MeterProfile> = { folder: "meters", schema: meterSchema, crossCheck: checkMeter };
const INVERTERS: Format<InverterProfile> = {
  folder: "inverters",
  schema: inverterSchema,
  crossCheck: checkInverter,
};
const MAX_ERRORS = 1000;

/** Reads and checks every YAML file in `stations/`, `meters/` and `inverters/` of a folder, by default the one that Headroom ships with. */
export const loadProfiles = (folder: string = import.meta.dirname): Profiles => {
  const stations = loadFolder(folder, STATIONS);
  const meters = loadFolder(folder, METERS);
  const inverters = loadFolder(folder, INVERTERS);
  return {
    stations: stations.profiles,
    meters: meters.profiles,
    inverters: inverters.profiles,
    problems: [...stations.problems, ...meters.problems, ...inverters.problems],
  };
};

const loadFolder = <P extends { readonly id: string }>(root: string, format: Format<P>): Loaded<P> => {
  const profiles = new Map<string, P>();
  const problems: string[] = [];
  for (const file of yamlFiles(join(root, format.folder))) {
    const parsed = parseProfile(readFileSync(join(root, format.folder, file), "utf8"), file, format);
    problems.push(...parsed.problems.map((problem) => `${format.folder}/${file}: ${problem}`));
    if (parsed.profile !== null && parsed.problems.length === 0) profiles.set(parsed.profile.id, parsed.profile);
  }
  return { profiles, problems };
};

const yamlFiles = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .toSorted();

const parseProfile = <P extends { readonly id: string }>(text: string, file: string, format: Format<P>): Parsed<P> => {
  const document = parseDocument(text);
  if (document.errors.length > 0) return { profile: null, problems: document.errors.map((error) => error.message) };
  const value = format.schema.Default(document.toJS());
  if (!format.schema.Check(value)) return { profile: null, problems: schemaProblems(format.schema, value) };
  const misnamed = file === `${value.id}.yaml` ? [] : [`/id: must be the file's name, ${file.replace(/\.yaml$/, "")}`];
  return { profile: value, problems: [...misnamed, ...format.crossCheck(value)] };
};

/** The checker stops after a few errors unless told otherwise, and only a setting of the whole library tells it. */
const schemaProblems = <P>(schema: Format<P>["schema"], value: unknown): readonly string[] => {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: MAX_ERRORS });
  try {
    const errors = schema.Errors(value).filter((error) => isTelling(error, value));
    return errors.map((error) => `${error.instancePath || "/"}: ${explain(error)}`);
  } finally {
    Settings.Set({ maxErrors });
  }
};

/** A point is checked against both kinds of point: what the other kind misses in it, and summaries, tell nothing. */
const isTelling = (error: TLocalizedValidationError, value: unknown): boolean => {
  if (error.keyword === "additionalProperties") return false;
  const point = /^\/points\/([^/]+)/.exec(error.instancePath)?.[1];
  if (point === undefined) return true;
  const branch = /\/anyOf\/(\d)/.exec(error.schemaPath)?.[1];
  return branch === (isMqttPoint(value, point) ? "1" : "0");
};

const isMqttPoint = (profile: unknown, name: string): boolean =>
  field(field(field(profile, "points"), name), "topic") !== undefined;

const field = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;

const explain = (error: TLocalizedValidationError): string => {
  if (error.keyword === "boolean") return "unknown key";
  if (error.keyword === "enum") return `must be one of ${error.params.allowedValues.join(", ")}`;
  return error.message;
};
