import { Socket } from "node:net";
import type { ModbusClient } from "./modbus-client.ts";
import type { ModbusWire } from "./modbus-link.ts";

/** Modbus TCP: any failure costs the connection, so a late answer and a broken frame die with it, and so does a request. */
export const modbusTcpWire = ({ host, port }: { readonly host: string; readonly port: number }): ModbusWire => ({
  connect: (client) => client.connectTCP(host, { port }),
  disconnect: (client) => {
    resetConnection(client);
    return new Promise((resolve) => client.destroy(resolve));
  },
  dropInput: () => Promise.resolve(),
  maxFailures: 1,
  needsSilence: false,
  minGapMs: 0,
});

/**
 * A mere close goes on delivering what the device did not confirm yet, for minutes: an old setpoint would arrive after a
 * newer one, and a watchdog be fed by nobody.
 */
const resetConnection = (client: ModbusClient): void => {
  const port: unknown = Reflect.get(client, "_port");
  const socket: unknown = typeof port === "object" && port !== null ? Reflect.get(port, "_client") : undefined;
  if (socket instanceof Socket && !socket.connecting && !socket.destroyed) socket.resetAndDestroy();
};
