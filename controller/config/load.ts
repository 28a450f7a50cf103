import { Compile } from "typebox/compile";
import { Default } from "typebox/value";
import type { Site } from "../model/site.ts";
import { checkCircuits } from "./checks/circuits.ts";
import { checkDevices } from "./checks/devices.ts";
import { checkEvses } from "./checks/evses.ts";
import { fallbackFindings } from "./checks/fallback.ts";
import { inputFindings } from "./checks/inputs.ts";
import { checkReferences } from "./checks/references.ts";
import { checkTimezone } from "./checks/timezone.ts";
import { checkTree } from "./checks/tree.ts";
import { type DeviceAddress, resolveAddress } from "./device-address.ts";
import type { FactsById } from "./device-facts.ts";
import { readYaml } from "./document.ts";
import { type Draft, toDraft } from "./draft.ts";
import { type CircuitFallback, proveFallback } from "./fallback-proof.ts";
import { inspect } from "./inspect/inspect.ts";
import { type Finding, type Problem, wrong } from "./problem.ts";
import type { DeviceConfig } from "./schema-device.ts";
import { SiteFile } from "./schema.ts";
import { isRecord } from "./inspect/schema-node.ts";
import { toSite } from "./to-site.ts";

/** A contact that is read over MQTT; a null `url` is the embedded broker. */
export type Contact = { readonly mqttTopic: string; readonly url: string | null };

/** How the grid operator dims a site: by a contact, over LPC or both. */
export type GridOperator = {
  /** Controllable devices, which each keep a part of the power. */
  readonly devices: number;
  readonly contact: Contact | null;
  readonly lpc: {
    /** What holds without heartbeats, W; null: what the devices keep at least. */
    readonly failsafeW: number | null;
    readonly minimumMs: number;
    readonly limit: Contact | null;
    readonly heartbeat: Contact | null;
  } | null;
};

/** A site file that may run: the site, how its devices are reached, and what its installer accepted. */
export type LoadedSite = {
  readonly site: Site;
  /** Addresses by the id of the station, meter or inverter. */
  readonly devices: {
    readonly stations: ReadonlyMap<string, DeviceAddress>;
    readonly meters: ReadonlyMap<string, DeviceAddress>;
    readonly inverters: ReadonlyMap<string, DeviceAddress>;
  };
  readonly mqttPort: number;
  readonly emergencyStop: Contact | null;
  readonly generator: Contact | null;
  /** How the grid operator dims the site; null: it does not. */
  readonly gridOperator: GridOperator | null;
  /** The contract on the mean power of a metering slot; null: there is none. */
  readonly demand: { readonly slotMs: number; readonly contractW: number } | null;
  /** Circuits whose unproven fallback the installer accepted. */
  readonly acceptedUnproven: ReadonlySet<string>;
};

/** What became of a site file; `loaded` is null when any problem is an error. */
export type SiteCheck = {
  readonly loaded: LoadedSite | null;
  readonly problems: readonly Problem[];
  /** The fallback proof, taking declared failsafes as proven; empty while the site cannot be built. */
  readonly fallback: readonly CircuitFallback[];
};

const siteFileCheck = Compile(SiteFile);
const isSiteFile = (value: unknown): value is SiteFile => siteFileCheck.Check(value);

const isError = (item: Finding | Problem): boolean => item.severity === "error";

const CHECKS: readonly ((draft: Draft) => readonly Finding[])[] = [
  checkTimezone,
  checkReferences,
  checkTree,
  checkCircuits,
  checkEvses,
  checkDevices,
];

const addressesOf = (
  entries: readonly { readonly id: string; readonly device: DeviceConfig }[],
  facts: FactsById,
): ReadonlyMap<string, DeviceAddress> => {
  const addresses = new Map<string, DeviceAddress>();
  for (const { id, device } of entries) {
    const profile = facts.get(device.profile);
    const address = profile === undefined ? null : resolveAddress(device, profile);
    if (address !== null) addresses.set(id, address);
  }
  return addresses;
};

const contactOf = (config: { readonly mqttTopic?: string; readonly url?: string } | undefined): Contact | null =>
  config?.mqttTopic === undefined ? null : { mqttTopic: config.mqttTopic, url: config.url ?? null };

const gridOperatorOf = ({ gridOperator: config }: SiteFile, site: Site): GridOperator | null => {
  if (config === undefined) return null;
  const contactAt = (mqttTopic: string | undefined): Contact | null =>
    mqttTopic === undefined ? null : { mqttTopic, url: config.url ?? null };
  return {
    devices: config.devices ?? site.evses.length,
    contact: contactAt(config.contactTopic),
    lpc: config.lpc
      ? {
          failsafeW: config.failsafeKw === undefined ? null : config.failsafeKw * 1000,
          minimumMs: config.failsafeMs,
          limit: contactAt(config.limitTopic),
          heartbeat: contactAt(config.heartbeatTopic),
        }
      : null,
  };
};

const toLoaded = (file: SiteFile, site: Site, facts: FactsById): LoadedSite => ({
  site,
  devices: {
    stations: addressesOf(file.stations, facts),
    meters: addressesOf(file.meters, facts),
    inverters: addressesOf(file.inverters, facts),
  },
  mqttPort: file.gateway.mqttPort,
  emergencyStop: contactOf(file.emergencyStop),
  generator: contactOf(file.generator),
  gridOperator: gridOperatorOf(file, site),
  demand:
    file.demand === undefined
      ? null
      : { slotMs: file.demand.slotMinutes * 60_000, contractW: file.demand.contractKw * 1000 },
  acceptedUnproven: new Set(file.circuits.filter((c) => c.acceptUnproven).map((c) => c.id)),
});

type Verdict = {
  readonly loaded: LoadedSite | null;
  readonly findings: readonly Finding[];
  readonly fallback: readonly CircuitFallback[];
};

const refused = (findings: readonly Finding[]): Verdict => ({ loaded: null, findings, fallback: [] });

const NOT_A_SITE = wrong(
  [],
  "this is not a site file",
  "start it with the keys site:, circuits: and stations: as in docs/site-file.md",
);

const checkValue = (value: unknown, facts: FactsById): Verdict => {
  if (!isRecord(value)) return refused([NOT_A_SITE]);
  const file: unknown = Default(SiteFile, value);
  const schemaFindings = inspect(SiteFile, file, []);
  const draft = toDraft(isRecord(file) ? file : {}, schemaFindings, facts);
  const findings = [...schemaFindings, ...CHECKS.flatMap((check) => check(draft))];
  if (findings.some(isError)) return refused(findings);
  if (!isSiteFile(file)) return refused([...findings, NOT_A_SITE]);
  const site = toSite(file, facts);
  const fallback = proveFallback(site, () => true);
  const all = [...findings, ...inputFindings(file), ...fallbackFindings(draft, fallback)];
  return { loaded: all.some(isError) ? null : toLoaded(file, site, facts), findings: all, fallback };
};

const byLine = (problems: readonly Problem[]): readonly Problem[] => problems.toSorted((a, b) => a.line - b.line);

/**
 * Checks the text of a site file and builds the site it describes. `file` is the name used in messages, `facts` the known profiles. Finds every
 * problem that can be seen at once; never throws on any text.
 */
export const loadSiteFile = (text: string, file: string, facts: FactsById): SiteCheck => {
  const yaml = readYaml(text, file);
  if (yaml.isBroken) return { loaded: null, problems: byLine(yaml.problems), fallback: [] };
  const verdict = checkValue(yaml.value, facts);
  const problems = byLine([...yaml.problems, ...verdict.findings.map((finding) => yaml.place(finding))]);
  return { loaded: problems.some(isError) ? null : verdict.loaded, problems, fallback: verdict.fallback };
};
