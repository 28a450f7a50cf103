import type { DeviceFacts } from "./device-facts.ts";
import type { DeviceConfig } from "./schema-device.ts";

/** Where a device is reached, every setting resolved; a null `url` is the embedded broker. */
export type DeviceAddress =
  | {
      readonly transport: "modbus-tcp";
      readonly profile: string;
      readonly host: string;
      readonly port: number;
      readonly unitId: number;
    }
  | {
      readonly transport: "modbus-rtu";
      readonly profile: string;
      readonly path: string;
      readonly baudRate: number;
      readonly framing: string;
      readonly unitId: number;
    }
  | {
      readonly transport: "mqtt";
      readonly profile: string;
      readonly url: string | null;
      readonly topicPrefix: string;
      readonly usernameEnv: string | null;
      readonly passwordEnv: string | null;
    };

const serialAddress = (
  device: Extract<DeviceConfig, { transport: "modbus-rtu" }>,
  facts: DeviceFacts,
): DeviceAddress | null => {
  const defaults = facts.transports["modbus-rtu"];
  if (defaults === undefined) return null;
  const { profile, transport, path } = device;
  return {
    transport,
    profile,
    path,
    baudRate: device.baudRate ?? defaults.baudRate,
    framing: device.framing ?? defaults.framing,
    unitId: device.unitId ?? defaults.unitId,
  };
};

const mqttAddress = (
  device: Extract<DeviceConfig, { transport: "mqtt" }>,
  facts: DeviceFacts,
): DeviceAddress | null => {
  const defaults = facts.transports.mqtt;
  if (defaults === undefined) return null;
  const { profile, transport } = device;
  return {
    transport,
    profile,
    url: device.url ?? null,
    topicPrefix: device.topicPrefix ?? defaults.prefix,
    usernameEnv: device.usernameEnv ?? null,
    passwordEnv: device.passwordEnv ?? null,
  };
};

/** The address of a configured device, what the file leaves out taken from its profile; null: the profile lacks the transport. */
export const resolveAddress = (device: DeviceConfig, facts: DeviceFacts): DeviceAddress | null => {
  if (device.transport === "modbus-rtu") return serialAddress(device, facts);
  if (device.transport === "mqtt") return mqttAddress(device, facts);
  const defaults = facts.transports["modbus-tcp"];
  if (defaults === undefined) return null;
  const { profile, transport, host } = device;
  return { transport, profile, host, port: device.port ?? defaults.port, unitId: device.unitId ?? defaults.unitId };
};
