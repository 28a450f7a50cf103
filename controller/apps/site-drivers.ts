import type { DeviceConfig } from "#drivers/device-config.ts";
import type { Profiles } from "#drivers/profiles/load.ts";
import { openDrivers, type Drivers } from "#drivers/registry.ts";
import type { DeviceAddress } from "../config/device-address.ts";
import type { LoadedSite } from "../config/load.ts";
import type { Clock } from "../model/time.ts";

type Options = {
  readonly loaded: LoadedSite;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
};

const FRAMINGS = ["8N1", "8N2", "8E1", "8O1"] as const;

/** Drivers for every device of a site; devices without a broker of their own use the embedded one. */
export const openSiteDrivers = ({ loaded, profiles, clock, env }: Options): Drivers => {
  const { site, devices, mqttPort } = loaded;
  const configOf = (addresses: ReadonlyMap<string, DeviceAddress>, id: string): DeviceConfig => {
    const address = addresses.get(id);
    if (address === undefined) throw new Error(`The device '${id}' has no address.`);
    return toConfig(address, mqttPort, env);
  };
  return openDrivers({
    stations: site.stations.map((station) => ({
      station,
      evses: site.evses.filter((evse) => evse.station === station.id),
      device: configOf(devices.stations, station.id),
    })),
    meters: site.meters.map((meter) => ({ meter, device: configOf(devices.meters, meter.id) })),
    inverters: site.inverters.map((inverter) => ({ inverter, device: configOf(devices.inverters, inverter.id) })),
    profiles,
    clock,
  });
};

const toConfig = (address: DeviceAddress, mqttPort: number, env: Options["env"]): DeviceConfig => {
  if (address.transport === "modbus-tcp") return address;
  if (address.transport === "modbus-rtu")
    return { ...address, framing: FRAMINGS.find((framing) => framing === address.framing) };
  const { profile, transport, topicPrefix, usernameEnv, passwordEnv } = address;
  return {
    profile,
    transport,
    topicPrefix,
    url: address.url ?? `mqtt://127.0.0.1:${mqttPort}`,
    username: usernameEnv === null ? undefined : env[usernameEnv],
    password: passwordEnv === null ? undefined : env[passwordEnv],
  };
};
