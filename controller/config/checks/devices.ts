import { type DeviceAddress, resolveAddress } from "../device-address.ts";
import type { DeviceFacts } from "../device-facts.ts";
import type { Draft } from "../draft.ts";
import { didYouMean } from "../inspect/nearest.ts";
import { type Finding, type Path, wrong } from "../problem.ts";
import type { DeviceConfig } from "../schema-device.ts";

type Device = {
  readonly path: Path;
  readonly owner: string;
  readonly kind: DeviceFacts["kind"];
  readonly config: DeviceConfig;
  readonly evses: readonly number[];
};

const devicesOf = (draft: Draft): readonly Device[] => [
  ...draft.stations.map(({ path, value }): Device => ({
    path: [...path, "device"],
    owner: value.id,
    kind: "station",
    config: value.device,
    evses: value.evses.map((e) => e.id),
  })),
  ...draft.meters.map(({ path, value }): Device => ({
    path: [...path, "device"],
    owner: value.id,
    kind: "meter",
    config: value.device,
    evses: [1],
  })),
  ...draft.inverters.map(({ path, value }): Device => ({
    path: [...path, "device"],
    owner: value.id,
    kind: "inverter",
    config: value.device,
    evses: [1],
  })),
];

const A: Readonly<Record<DeviceFacts["kind"], string>> = {
  station: "a station",
  meter: "a meter",
  inverter: "an inverter",
};

const profile = (device: Device, draft: Draft): readonly Finding[] => {
  const { config, kind } = device;
  const at = [...device.path, "profile"];
  const facts = draft.facts.get(config.profile);
  const known = [...draft.facts.values()].filter((f) => f.kind === kind).map((f) => f.id);
  if (facts === undefined) {
    return [
      wrong(
        at,
        `there is no device profile "${config.profile}"`,
        didYouMean(config.profile, known, `write one of: ${known.join(", ")}`),
      ),
    ];
  }
  if (facts.kind !== kind)
    return [
      wrong(
        at,
        `"${config.profile}" is the profile of ${A[facts.kind]}, not of ${A[kind]}`,
        `write one of: ${known.join(", ")}`,
      ),
    ];
  if (facts.transports[config.transport] !== undefined) return [];
  return [
    wrong(
      [...device.path, "transport"],
      `${config.profile} cannot be reached over ${config.transport}`,
      `write transport: ${Object.keys(facts.transports).join(", or ")}`,
    ),
  ];
};

type Place = { readonly key: string; readonly text: string; readonly path: Path; readonly owner: string };

const unitIds = (device: Device, draft: Draft, unitId: number): readonly number[] => {
  const facts = draft.facts.get(device.config.profile);
  const step = facts?.kind === "station" ? facts.evseUnitIdStep : 0;
  return [...new Set(device.evses.map((evse) => unitId + (evse - 1) * step))];
};

const keysOf = (
  address: DeviceAddress,
  unitId: number,
  mqttPort: number,
): { readonly key: string; readonly text: string; readonly field: string } => {
  if (address.transport === "modbus-tcp")
    return {
      key: `tcp ${address.host.toLowerCase()} ${address.port} ${unitId}`,
      text: `${address.host}:${address.port}, unitId ${unitId}`,
      field: "host",
    };
  if (address.transport === "modbus-rtu")
    return { key: `rtu ${address.path} ${unitId}`, text: `${address.path}, unitId ${unitId}`, field: "unitId" };
  const broker = address.url?.replace(/\/$/, "").toLowerCase() ?? `mqtt://localhost:${mqttPort}`;
  return {
    key: `mqtt ${broker} ${address.topicPrefix}`,
    text: `topicPrefix ${address.topicPrefix}`,
    field: "topicPrefix",
  };
};

const placesOf = (device: Device, draft: Draft): readonly Place[] => {
  const facts = draft.facts.get(device.config.profile);
  const address = facts === undefined ? null : resolveAddress(device.config, facts);
  if (address === null) return [];
  const ids = address.transport === "mqtt" ? [0] : unitIds(device, draft, address.unitId);
  return ids.map((unitId) => {
    const { key, text, field } = keysOf(address, unitId, draft.mqttPort ?? 1883);
    return { key, text, path: [...device.path, field], owner: device.owner };
  });
};

const sharedAddresses = (devices: readonly Device[], draft: Draft): readonly Finding[] => {
  const taken = new Map<string, Place>();
  return devices.flatMap((device) => {
    const places = placesOf(device, draft);
    const clash = places.find((place) => taken.has(place.key));
    const owner = clash === undefined ? undefined : taken.get(clash.key)?.owner;
    for (const place of places) if (!taken.has(place.key)) taken.set(place.key, place);
    if (clash === undefined) return [];
    const remedy =
      device.config.transport === "mqtt"
        ? "give each device its own topicPrefix"
        : "give each device its own address; on one line or host its own unitId";
    return [wrong(clash.path, `"${device.owner}" has the same address as "${owner}" (${clash.text})`, remedy)];
  });
};

const LINE_SETTINGS = ["baudRate", "framing"] as const;

const lineSettings = (devices: readonly Device[], draft: Draft): readonly Finding[] => {
  const lines = new Map<string, { readonly owner: string; readonly baudRate: number; readonly framing: string }>();
  return devices.flatMap((device) => {
    const facts = draft.facts.get(device.config.profile);
    const address = facts === undefined ? null : resolveAddress(device.config, facts);
    if (address?.transport !== "modbus-rtu") return [];
    const first = lines.get(address.path);
    if (first === undefined) {
      lines.set(address.path, { owner: device.owner, baudRate: address.baudRate, framing: address.framing });
      return [];
    }
    return LINE_SETTINGS.filter((key) => address[key] !== first[key]).map((key) =>
      wrong(
        [...device.path, key],
        `"${device.owner}" has ${key} ${address[key]}, but "${first.owner}" on the same line ${address.path} has ${first[key]}`,
        `set all devices of one line to the same ${key} and write it at each`,
      ),
    );
  });
};

/** Whether each device has a profile that fits and an address of its own. */
export const checkDevices = (draft: Draft): readonly Finding[] => {
  const devices = devicesOf(draft);
  return [
    ...devices.flatMap((device) => profile(device, draft)),
    ...sharedAddresses(devices, draft),
    ...lineSettings(devices, draft),
  ];
};
