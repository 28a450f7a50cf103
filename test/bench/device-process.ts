import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Modbus TCP devices in a process of their own, so that their work is not counted as ours. */
export type DeviceProcess = { readonly ports: readonly number[]; close(): Promise<void> };

/** What the registers of each device hold at first, and from which register (value) another (key) takes what is written. */
export type DeviceRegisters = {
  readonly first: Readonly<Record<number, number>>;
  readonly mirrors: Readonly<Record<number, number>>;
};

/** Starts so many devices on 127.0.0.1, each on a free port of its own. */
export const openDevices = async (count: number, { first, mirrors }: DeviceRegisters): Promise<DeviceProcess> => {
  const script = fileURLToPath(new URL("modbus-devices.ts", import.meta.url));
  const child = fork(script, [String(count), JSON.stringify(first), JSON.stringify(mirrors)]);
  const [ports] = await once(child, "message");
  return {
    ports: Array.isArray(ports) ? ports.map(Number) : [],
    close: async () => {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
};
