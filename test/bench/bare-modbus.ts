import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One Modbus TCP device over a socket with nothing in between: no queue, no deadline, no checks. One request at a time. */
export type BareModbus = {
  read(address: number, count: number): Promise<readonly number[]>;
  write(address: number, value: number): Promise<void>;
  close(): void;
};

/** Connects to a device on 127.0.0.1 with unit id 1. */
export const openBareModbus = async (port: number): Promise<BareModbus> => {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  await once(socket, "connect");
  const exchange = createExchange(socket);
  let transaction = 0;
  const request = (functionCode: number, address: number, value: number): Promise<Buffer> => {
    transaction = (transaction + 1) & 0xffff;
    const frame = Buffer.allocUnsafe(12);
    frame.writeUInt16BE(transaction, 0);
    frame.writeUInt32BE(6, 2);
    frame.writeUInt8(1, 6);
    frame.writeUInt8(functionCode, 7);
    frame.writeUInt16BE(address, 8);
    frame.writeUInt16BE(value, 10);
    return exchange(frame);
  };
  return {
    async read(address, count) {
      const answer = await request(3, address, count);
      return Array.from({ length: count }, (_, i) => answer.readUInt16BE(9 + 2 * i));
    },
    async write(address, value) {
      await request(6, address, value);
    },
    close: () => void socket.destroy(),
  };
};

const createExchange = (socket: Socket): ((frame: Buffer) => Promise<Buffer>) => {
  let rest: Buffer = Buffer.alloc(0);
  let answered: (answer: Buffer) => void = () => undefined;
  socket.on("data", (bytes: Buffer) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    if (rest.length < 6 || rest.length < 6 + rest.readUInt16BE(4)) return;
    const answer = rest;
    rest = Buffer.alloc(0);
    answered(answer);
  });
  return (frame) =>
    new Promise((resolve) => {
      answered = resolve;
      socket.write(frame);
    });
};
