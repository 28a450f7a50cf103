import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";

import type { Profiles } from "../profiles/load.ts";
import type { Profile } from "../profiles/schema.ts";
import { serveSerialLine } from "./servers/modbus-rtu.ts";
import { openModbusTcpServer } from "./servers/modbus-tcp.ts";
import { openMqttStation } from "./servers/mqtt.ts";
import type { RegisterBank } from "./servers/register-bank.ts";
import { inverterValues } from "./servers/inverter-face.ts";
import { meterValues } from "./servers/meter-face.ts";
import { createSensorBank, createStationBank, type Sensor } from "./servers/registers.ts";
import { openSerialLine } from "./servers/serial-line.ts";
import { createStationFace } from "./servers/station-face.ts";
import type { WireDevice } from "./servers/wire.ts";
import {
  type Link,
  type SimulatedInverter,
  type SimulatedMeter,
  type SimulatedSite,
  type SimulatedStation,
  stationProfile,
} from "./simulated-site.ts";
import { createRandom } from "./world/random.ts";
import { createStation, type Station } from "./world/station.ts";
import type { World } from "./world/world.ts";

/** Where the devices of a simulated site listen. */
export type SimulatedPorts = {
  /** Port on 127.0.0.1 by the id of a station, meter or inverter. */
  readonly tcp: { readonly [device: string]: number };
  /** Path of the terminal by the name of a serial line. */
  readonly lines: { readonly [line: string]: string };
  readonly brokerUrl: string | null;
};

/** Every device of a simulated site, listening. */
export type SimulatedDevices = {
  readonly ports: SimulatedPorts;
  /** Meters and inverters. */
  readonly sensors: ReadonlyMap<string, Station>;
  close(): Promise<void>;
};

/** Where devices are to be found again after a restart. */
export type DevicePlaces = {
  /** Ports to listen on by device; one that is not named takes a free port. */
  readonly tcpPorts: SimulatedPorts["tcp"];
  /** Directory of links to the terminals, whose own paths change with every start. */
  readonly linesIn: string;
};

/** What {@link openDevices} needs. */
export type DevicesOptions = {
  readonly site: SimulatedSite;
  readonly profiles: Profiles;
  readonly world: World;
  readonly brokerUrl: string | null;
  /** Null: any free port, and the terminals' own paths. */
  readonly places: DevicePlaces | null;
};

type Opening = Pick<DevicesOptions, "places"> & { readonly closings: Closing[] };
type Wired = { readonly id: string; readonly link: Link; readonly wire: WireDevice };
type Closing = { close(): Promise<void> };

const unitIdOf = (profile: Profile, link: Link): number =>
  link.transport === "modbus-rtu" ? link.unitId : (profile.transports["modbus-tcp"]?.unitId ?? 1);

const seedOf = (id: string): number => Buffer.from(id).reduce((sum, byte) => Math.imul(sum, 31) + byte, 7);

const wired = (world: World, id: string, device: Station, bank: RegisterBank): WireDevice => ({
  bank,
  device,
  world,
  random: createRandom(seedOf(id)),
});

const wireStation = ({ profiles, world }: DevicesOptions, { id, link, profile }: SimulatedStation): Wired => {
  const face = createStationFace(stationProfile(profiles, profile), world, id);
  return { id, link, wire: wired(world, id, face.station, createStationBank(face, unitIdOf(face.profile, link))) };
};

const wireMeter = ({ profiles, world }: DevicesOptions, meter: SimulatedMeter, device: Station): Wired => {
  const profile = profiles.meters.get(meter.profile);
  if (profile === undefined) throw new Error(`no meter profile ${meter.profile}`);
  const face = { profile, world, circuit: meter.circuit, measures: meter.measures };
  return wireSensor(meter, { profile, world, device, values: () => meterValues(face) });
};

const wireInverter = (
  { profiles, world, site }: DevicesOptions,
  inverter: SimulatedInverter,
  device: Station,
): Wired => {
  const profile = profiles.inverters.get(inverter.profile);
  if (profile === undefined) throw new Error(`no inverter profile ${inverter.profile}`);
  const face = { profile, world, plant: inverter, voltageV: site.nominalVoltageV };
  return wireSensor(inverter, { profile, world, device, values: () => inverterValues(face) });
};

const wireSensor = ({ id, link }: { readonly id: string; readonly link: Link }, sensor: Sensor): Wired => {
  const bank = createSensorBank(sensor, unitIdOf(sensor.profile, link));
  return { id, link, wire: wired(sensor.world, id, sensor.device, bank) };
};

const openTcp = async (devices: readonly Wired[], { places, closings }: Opening): Promise<SimulatedPorts["tcp"]> => {
  const ports: { [device: string]: number } = {};
  for (const { id, link, wire } of devices) {
    if (link.transport !== "modbus-tcp") continue;
    const server = await openModbusTcpServer(wire, places?.tcpPorts[id] ?? 0);
    closings.push(server);
    ports[id] = server.port;
  }
  return ports;
};

const linkedAt = async (path: string, name: string, places: DevicePlaces | null): Promise<string> => {
  if (places === null) return path;
  const link = join(places.linesIn, name);
  await mkdir(places.linesIn, { recursive: true });
  await rm(link, { force: true });
  await symlink(path, link);
  return link;
};

const openLines = async (
  devices: readonly Wired[],
  { places, closings }: Opening,
): Promise<SimulatedPorts["lines"]> => {
  const byLine = new Map<string, WireDevice[]>();
  for (const { link, wire } of devices) {
    if (link.transport === "modbus-rtu") byLine.set(link.line, [...(byLine.get(link.line) ?? []), wire]);
  }
  const paths: { [line: string]: string } = {};
  for (const [name, wires] of byLine) {
    const line = await openSerialLine();
    closings.push(line);
    serveSerialLine(line, wires);
    paths[name] = await linkedAt(line.path, name, places);
  }
  return paths;
};

const openMqtt = ({ site, profiles, world, brokerUrl }: DevicesOptions, closings: Closing[]): void => {
  for (const { id, link, profile } of site.stations) {
    if (link.transport !== "mqtt" || brokerUrl === null) continue;
    const face = createStationFace(stationProfile(profiles, profile), world, id);
    closings.push(openMqttStation({ face, brokerUrl, prefix: link.prefix }));
  }
};

/** Starts a server for every device of a site; without a broker its MQTT stations stay away. */
export const openDevices = async (options: DevicesOptions): Promise<SimulatedDevices> => {
  const { site, brokerUrl } = options;
  const sensors = new Map([...site.meters, ...site.inverters].map(({ id }) => [id, createStation(id)]));
  const sensor = (id: string): Station => sensors.get(id) ?? createStation(id);
  const devices = [
    ...site.stations.filter(({ link }) => link.transport !== "mqtt").map((station) => wireStation(options, station)),
    ...site.inverters.map((inverter) => wireInverter(options, inverter, sensor(inverter.id))),
    ...site.meters.map((meter) => wireMeter(options, meter, sensor(meter.id))),
  ];
  const closings: Closing[] = [];
  const opening = { places: options.places, closings };
  const tcp = await openTcp(devices, opening);
  const lines = await openLines(devices, opening);
  openMqtt(options, closings);
  return {
    ports: { tcp, lines, brokerUrl },
    sensors,
    close: async () => {
      await Promise.all(closings.map((closing) => closing.close()));
    },
  };
};
