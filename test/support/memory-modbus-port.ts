import type { Fault } from "#controller/model/fault.ts";
import { failed, ok } from "#controller/model/result.ts";
import type { ModbusPort } from "#drivers/transports/modbus.ts";

/** A device in memory: its registers by `<unit> <table> <address>`, everything written to it, and what it is failing with. */
export type MemoryDevice = {
  readonly port: ModbusPort;
  readonly registers: Map<string, number>;
  /** `<unit>/<address>=<values>` in order. */
  readonly writes: string[];
  reads: number;
  fault: Fault | null;
  /** Addresses it refuses to have written. */
  readonly refused: Set<number>;
};

/** A device whose holding registers keep what is written to them. */
export const createMemoryDevice = (holding: Readonly<Record<number, number>>): MemoryDevice => {
  const registers = new Map(Object.entries(holding).map(([address, value]) => [`1 holding ${address}`, value]));
  const device: MemoryDevice = {
    registers,
    writes: [],
    reads: 0,
    fault: null,
    refused: new Set(),
    port: {
      read: async (unit, table, address, count) => {
        device.reads += 1;
        if (device.fault !== null) return failed(device.fault);
        return ok(Array.from({ length: count }, (_, i) => registers.get(`${unit} ${table} ${address + i}`) ?? 0));
      },
      write: async (unit, _functionCode, address, values) => {
        if (device.fault !== null) return failed(device.fault);
        if (device.refused.has(address)) return failed({ code: "refused", subject: "bay", detail: "illegal address" });
        device.writes.push(`${unit}/${address}=${values.join(",")}`);
        values.forEach((value, i) => registers.set(`${unit} holding ${address + i}`, value));
        return ok(null);
      },
      close: () => Promise.resolve(),
    },
  };
  return device;
};
