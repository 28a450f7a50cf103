import { createServer, type AddressInfo, type Socket } from "node:net";

/** A request as a device sees it, without its transport's framing. */
export type DeviceRequest = { unitId: number; code: number; address: number; count: number };

/** The request in a Modbus TCP frame. */
export const tcpRequest = (frame: Buffer): DeviceRequest & { transaction: number } => ({
  transaction: frame.readUInt16BE(0),
  unitId: frame.readUInt8(6),
  code: frame.readUInt8(7),
  address: frame.readUInt16BE(8),
  count: frame.readUInt16BE(10),
});

/** A Modbus TCP frame around a unit id, function code and data. */
export const tcpFrame = (transaction: number, body: readonly number[]): Buffer => {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(transaction, 0);
  head.writeUInt16BE(body.length, 4);
  return Buffer.concat([head, Buffer.from(body)]);
};

/** The request in a Modbus RTU frame. */
export const rtuRequest = (frame: Buffer): DeviceRequest => ({
  unitId: frame.readUInt8(0),
  code: frame.readUInt8(1),
  address: frame.readUInt16BE(2),
  count: frame.readUInt16BE(4),
});

/** A Modbus RTU frame around a unit id, function code and data. */
export const rtuFrame = (body: readonly number[]): Buffer => {
  const sum = crc(body);
  return Buffer.from([...body, sum & 0xff, sum >> 8]);
};

/** The right answer of a device whose registers each hold their own address, and whose bits are all 0. */
export const addressAnswer = ({ unitId, code, address, count }: DeviceRequest): number[] => {
  const data =
    code <= 2
      ? Array.from({ length: Math.ceil(count / 8) }, () => 0)
      : Array.from({ length: count }, (_, i) => [(address + i) >> 8, (address + i) & 0xff]).flat();
  return [unitId, code, data.length, ...data];
};

/** Modbus over serial line 1.02, section 6.2.2. */
const crc = (bytes: readonly number[]): number =>
  bytes.reduce((sum, byte) => {
    let next = sum ^ byte;
    for (let bit = 0; bit < 8; bit += 1) next = next & 1 ? (next >> 1) ^ 0xa001 : next >> 1;
    return next;
  }, 0xffff);

/** What a device does with one frame. */
export type DeviceBehaviour = (frame: Buffer, socket: Socket) => void;

/** A bare socket on a free loopback port that treats every chunk as one frame. */
export const startBareServer = async (
  behave: DeviceBehaviour,
): Promise<{ port: number; connections: () => number; close: () => Promise<void> }> => {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (frame) => behave(frame, socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
