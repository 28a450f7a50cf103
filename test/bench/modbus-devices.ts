import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/**
 * Run as a child process with a count, the first registers and the mirrors as JSON: so many Modbus TCP devices on 127.0.0.1, each
 * on a port of its own, their ports sent to the parent. Ends with the parent.
 */
const [count, registers, mirrors] = process.argv.slice(2);

const HEADER_BYTES = 7;

const pairs = (text: string | undefined): ReadonlyMap<number, number> =>
  new Map(Object.entries(Object(JSON.parse(text ?? "{}"))).map(([address, value]) => [Number(address), Number(value)]));

const first = pairs(registers);
/** A written register shows at the mirrored address too: a device that does as it is told. */
const mirrored = Map.groupBy(pairs(mirrors), ([, from]) => from);

const put = (bank: Map<number, number>, address: number, value: number): void => {
  bank.set(address, value);
  for (const [to] of mirrored.get(address) ?? []) bank.set(to, value);
};

const answerRead = (bank: Map<number, number>, request: Buffer): Buffer => {
  const address = request.readUInt16BE(8);
  const length = request.readUInt16BE(10);
  const answer = Buffer.allocUnsafe(HEADER_BYTES + 2 + 2 * length);
  request.copy(answer, 0, 0, 8);
  answer.writeUInt16BE(3 + 2 * length, 4);
  answer.writeUInt8(2 * length, 8);
  for (let i = 0; i < length; i++) answer.writeUInt16BE(bank.get(address + i) ?? 0, 9 + 2 * i);
  return answer;
};

const answerWrite = (bank: Map<number, number>, request: Buffer): Buffer => {
  const address = request.readUInt16BE(8);
  const isSingle = request[7] === 6;
  const length = isSingle ? 1 : request.readUInt16BE(10);
  const valuesAt = isSingle ? 10 : 13;
  for (let i = 0; i < length; i++) put(bank, address + i, request.readUInt16BE(valuesAt + 2 * i));
  const answer = Buffer.from(request.subarray(0, 12));
  answer.writeUInt16BE(6, 4);
  return answer;
};

const answer = (bank: Map<number, number>, request: Buffer): Buffer =>
  request[7] === 3 || request[7] === 4 ? answerRead(bank, request) : answerWrite(bank, request);

const serve = (socket: Socket, bank: Map<number, number>): void => {
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes: Buffer) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= HEADER_BYTES && rest.length >= 6 + rest.readUInt16BE(4)) {
      const length = 6 + rest.readUInt16BE(4);
      socket.write(answer(bank, rest.subarray(0, length)));
      rest = rest.subarray(length);
    }
  });
};

const listen = async (): Promise<number> => {
  const bank = new Map(first);
  const server = createServer((socket) => serve(socket, bank));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
};

process.on("disconnect", () => process.exit());
process.send?.(await Promise.all(Array.from({ length: Number(count) }, listen)));
