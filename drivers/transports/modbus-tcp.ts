import type { ModbusWire } from "./modbus-link.ts";

/** Modbus TCP: any failure costs the connection, so a late answer and a broken frame die with it. */
export const modbusTcpWire = ({ host, port }: { readonly host: string; readonly port: number }): ModbusWire => ({
  connect: (client) => client.connectTCP(host, { port }),
  disconnect: (client) => new Promise((resolve) => client.destroy(resolve)),
  dropInput: () => Promise.resolve(),
  maxFailures: 1,
  needsSilence: false,
  minGapMs: 0,
});
