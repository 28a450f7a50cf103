import type { ModbusWire } from "#drivers/transports/modbus-link.ts";
import { modbusRtuWire, type SerialLine } from "#drivers/transports/modbus-rtu.ts";

/** A serial line in memory: the library's own port runs on it, without a device file and without real time. */
export type MemorySerial = {
  /** A wire whose ports all end on this line. */
  readonly wire: (line: SerialLine) => ModbusWire;
  onData(listener: (bytes: Buffer) => void): void;
  send(bytes: Buffer): void;
};

type Waiting = { buffer: Buffer; offset: number; length: number; take: (count: number) => void; stop: () => void };

/** A line that nothing was sent on. */
export const createMemorySerial = (): MemorySerial => {
  let input = Buffer.alloc(0);
  let waiting: Waiting | null = null;
  let listener: (bytes: Buffer) => void = () => undefined;

  const deliver = (): void => {
    if (waiting === null || input.length === 0) return;
    const { buffer, offset, length, take } = waiting;
    waiting = null;
    const count = input.copy(buffer, offset, 0, Math.min(length, input.length));
    input = input.subarray(count);
    take(count);
  };

  const openPort = () => {
    const port = {
      isOpen: true,
      read: (buffer: Buffer, offset: number, length: number) =>
        new Promise((resolve, reject) => {
          const stop = (): void => reject(Object.assign(new Error("closed"), { canceled: true }));
          waiting = { buffer, offset, length, take: (bytesRead) => resolve({ buffer, bytesRead }), stop };
          deliver();
        }),
      write: async (bytes: Buffer) => listener(Buffer.from(bytes)),
      flush: async () => void (input = Buffer.alloc(0)),
      close: async () => {
        port.isOpen = false;
        waiting?.stop();
        waiting = null;
      },
    };
    return port;
  };
  const binding = { list: async () => [], open: async () => openPort() };

  return {
    wire: (line) => ({
      ...modbusRtuWire(line),
      connect: (client) => client.connectRTUBuffered(line.path, { baudRate: line.baudRate, binding } as object),
    }),
    onData: (to) => {
      listener = to;
    },
    send: (bytes) => {
      input = Buffer.concat([input, bytes]);
      deliver();
    },
  };
};
