import type { ModbusClient } from "./modbus-client.ts";
import type { ModbusWire } from "./modbus-link.ts";

/** A serial line as the site file names it. */
export type SerialLine = {
  readonly path: string;
  readonly baudRate: number;
  readonly framing: "8N1" | "8N2" | "8E1" | "8O1";
};

/**
 * Modbus RTU: an answer does not name its request, so a failure is followed by silence, and input is dropped before
 * every request. That avoids collisions; which request an answer belongs to is for the ordered link to prove.
 */
export const modbusRtuWire = ({ path, baudRate, framing }: SerialLine): ModbusWire => ({
  connect: async (client) => {
    await client.connectRTUBuffered(path, { baudRate, ...FRAMINGS[framing] });
    innerPort(client).on("error", () => undefined);
  },
  disconnect: (client) => new Promise((resolve) => client.close(resolve)),
  dropInput: (client) =>
    new Promise((resolve, reject) => {
      const port = innerPort(client);
      port._client.flush((error) => {
        port._buffer = Buffer.alloc(0);
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    }),
  maxFailures: 3,
  needsSilence: true,
  minGapMs: Math.max(MIN_GAP_MS, Math.ceil((GAP_CHARACTERS * BITS_PER_CHARACTER * 1000) / baudRate)),
});

/** Modbus over serial line 1.02, section 2.5.1.1: frames are 3.5 characters apart, at least 1.75 ms. */
const GAP_CHARACTERS = 3.5;
const BITS_PER_CHARACTER = 11;
const MIN_GAP_MS = 2;

const FRAMINGS = {
  "8N1": { dataBits: 8, parity: "none", stopBits: 1 },
  "8N2": { dataBits: 8, parity: "none", stopBits: 2 },
  "8E1": { dataBits: 8, parity: "even", stopBits: 1 },
  "8O1": { dataBits: 8, parity: "odd", stopBits: 1 },
} as const;

type InnerPort = {
  _buffer: Buffer;
  _client: { flush(done: (error?: Error | null) => void): void };
  on(event: "error", listener: () => void): unknown;
};

/** The library keeps bytes that came late for the next request, and has no public way to drop them. */
const innerPort = (client: ModbusClient): InnerPort => {
  const port: unknown = Reflect.get(client, "_port");
  if (!isInnerPort(port)) throw new Error("This version of modbus-serial has no serial port to flush.");
  return port;
};

const isInnerPort = (port: unknown): port is InnerPort =>
  typeof port === "object" && port !== null && "_buffer" in port && "_client" in port && "on" in port;
