import type { InverterDriver, MeterDriver, StationDriver } from "#controller/model/ports.ts";
import type { Evse, Inverter, Meter, Station } from "#controller/model/site.ts";
import type { Clock } from "#controller/model/time.ts";
import type { DeviceConfig, ModbusRtuConfig, ModbusTcpConfig, MqttConfig } from "./device-config.ts";
import { createModbusChannel } from "./channels/modbus-channel.ts";
import { createMqttChannel } from "./channels/mqtt-channel.ts";
import type { PointChannel } from "./channels/point-channel.ts";
import { createProfileInverter } from "./profile-inverter.ts";
import { createProfileMeter } from "./profile-meter.ts";
import { SOLE_NUMBER } from "./sampled-values.ts";
import { createProfileStation } from "./profile-station.ts";
import type {
  InverterProfile,
  MeterProfile,
  ModbusPoint,
  MqttPoint,
  Profile,
  StationProfile,
} from "./profiles/schema.ts";
import { createModbusPool, type ModbusPool, type ModbusPort, type ModbusPortOptions } from "./transports/modbus.ts";
import { createMqttPool, type MqttPool } from "./transports/mqtt.ts";

/** A site's devices: how each is reached and what drives it. */
export type DriverOptions = {
  readonly stations: readonly {
    readonly station: Station;
    readonly evses: readonly Evse[];
    readonly device: DeviceConfig;
  }[];
  readonly meters: readonly { readonly meter: Meter; readonly device: DeviceConfig }[];
  readonly inverters: readonly { readonly inverter: Inverter; readonly device: DeviceConfig }[];
  readonly profiles: {
    readonly stations: ReadonlyMap<string, StationProfile>;
    readonly meters: ReadonlyMap<string, MeterProfile>;
    readonly inverters: ReadonlyMap<string, InverterProfile>;
  };
  readonly clock: Clock;
};

/** The drivers of a site by the id of their device. */
export type Drivers = {
  readonly stations: ReadonlyMap<string, StationDriver>;
  readonly meters: ReadonlyMap<string, MeterDriver>;
  readonly inverters: ReadonlyMap<string, InverterDriver>;
  close(): Promise<void>;
};

/** A driver for every device. Throws where a device names a profile or transport that does not exist: the site file's check comes first. */
export const openDrivers = ({ stations, meters, inverters, profiles, clock }: DriverOptions): Drivers => {
  const pools = { clock, modbus: createModbusPool(clock), mqtt: createMqttPool(clock) };
  const stationDrivers = stations.map(({ station, evses, device }) => {
    const profile = known(profiles.stations, device.profile);
    const numbers = evses.map(({ number }) => number);
    const opening = { subject: station.id, role: "station", profile, device, evses: numbers, pools } as const;
    const channel = openChannel({ ...opening, expectedMs: EXPECTED_MQTT_MS });
    return createProfileStation({ station, evses, profile, channel, clock });
  });
  const meterDrivers = meters.map(({ meter, device }) => {
    const profile = known(profiles.meters, device.profile);
    const opening = { subject: meter.id, role: "meter", profile, device, evses: [SOLE_NUMBER], pools } as const;
    const channel = openChannel({ ...opening, expectedMs: meter.intervalMs });
    return createProfileMeter({ meter: meter.id, profile, channel });
  });
  const inverterDrivers = inverters.map(({ inverter, device }) => {
    const profile = known(profiles.inverters, device.profile);
    const opening = {
      subject: inverter.id,
      role: "station",
      profile,
      device,
      evses: [SOLE_NUMBER],
      pools,
    } as const;
    const channel = openChannel({ ...opening, expectedMs: profile.intervalMs });
    return createProfileInverter({ inverter: inverter.id, profile, channel });
  });
  const closing = [...stationDrivers, ...meterDrivers, ...inverterDrivers];
  return {
    stations: new Map(stationDrivers.map((driver) => [driver.station, driver])),
    meters: new Map(meterDrivers.map((driver) => [driver.meter, driver])),
    inverters: new Map(inverterDrivers.map((driver) => [driver.inverter, driver])),
    close: async () => {
      await Promise.all(closing.map((driver) => driver.close()));
    },
  };
};

type Opening<C extends DeviceConfig> = {
  readonly subject: string;
  readonly role: "station" | "meter";
  readonly profile: Profile;
  readonly device: C;
  readonly evses: readonly number[];
  /** How often a device that pushes should be heard, ms. */
  readonly expectedMs: number;
  readonly pools: { readonly clock: Clock; readonly modbus: ModbusPool; readonly mqtt: MqttPool };
};

const TIMEOUT_MS = { "modbus-tcp": 1000, "modbus-rtu": 500 };
const EXPECTED_MQTT_MS = 10_000;
const MISSED_MESSAGES = 3;

/** The register of transports. */
const openChannel = (opening: Opening<DeviceConfig>): PointChannel => {
  const { device } = opening;
  switch (device.transport) {
    case "modbus-tcp":
      return openModbusTcp({ ...opening, device });
    case "modbus-rtu":
      return openModbusRtu({ ...opening, device });
    case "mqtt":
      return openMqtt({ ...opening, device });
  }
};

const openModbusTcp = (opening: Opening<ModbusTcpConfig>): PointChannel => {
  const { device, profile, pools } = opening;
  const defaults = offered(profile.transports["modbus-tcp"], device);
  const address = { host: device.host, port: device.port ?? defaults.port };
  return openModbus(opening, pools.modbus.overTcp(address, portOptions(opening)), device.unitId ?? defaults.unitId);
};

const openModbusRtu = (opening: Opening<ModbusRtuConfig>): PointChannel => {
  const { device, profile, pools } = opening;
  const defaults = offered(profile.transports["modbus-rtu"], device);
  const { path, baudRate = defaults.baudRate, framing = defaults.framing } = device;
  const port = pools.modbus.overRtu({ path, baudRate, framing }, portOptions(opening));
  return openModbus(opening, port, device.unitId ?? defaults.unitId);
};

const openMqtt = ({ device, profile, pools, subject, evses, expectedMs }: Opening<MqttConfig>): PointChannel =>
  createMqttChannel({
    subject,
    evses,
    points: mqttPoints(profile),
    prefix: device.topicPrefix ?? offered(profile.transports.mqtt, device).prefix,
    silentAfterMs: MISSED_MESSAGES * expectedMs,
    port: pools.mqtt.join(device, subject),
    clock: pools.clock,
  });

const portOptions = ({
  subject,
  role,
  profile,
  device,
}: Opening<ModbusTcpConfig | ModbusRtuConfig>): ModbusPortOptions => ({
  subject,
  role,
  timeoutMs: profile.modbus?.timeoutMs ?? TIMEOUT_MS[device.transport],
  delayMs: profile.modbus?.delayMs ?? 0,
});

const openModbus = (
  { subject, profile, evses, pools }: Opening<DeviceConfig>,
  port: ModbusPort,
  unitId: number,
): PointChannel =>
  createModbusChannel({
    subject,
    evses,
    points: modbusPoints(profile),
    habits: profile.modbus ?? { maxRegisters: 125, maxGap: 0 },
    unitId,
    port,
    clock: pools.clock,
  });

const modbusPoints = ({ points }: Profile): ReadonlyMap<string, ModbusPoint> =>
  new Map(Object.entries(points).flatMap(([name, point]) => ("table" in point ? [[name, point] as const] : [])));

const mqttPoints = ({ points }: Profile): ReadonlyMap<string, MqttPoint> =>
  new Map(Object.entries(points).flatMap(([name, point]) => ("topic" in point ? [[name, point] as const] : [])));

const known = <P>(profiles: ReadonlyMap<string, P>, id: string): P => {
  const profile = profiles.get(id);
  if (profile === undefined) throw new Error(`There is no profile ${id}.`);
  return profile;
};

const offered = <T>(transport: T | undefined, { profile, transport: name }: DeviceConfig): T => {
  if (transport === undefined) throw new Error(`The profile ${profile} does not offer ${name}.`);
  return transport;
};
