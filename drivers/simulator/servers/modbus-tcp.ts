import { once } from "node:events";
import { createServer, type Socket } from "node:net";

import { answerPdu } from "./modbus-pdu.ts";
import { isListening, sendAnswer, type WireDevice } from "./wire.ts";

/** A listener on 127.0.0.1 for one device. */
export type ModbusTcpServer = { readonly port: number; close(): Promise<void> };

const HEADER_BYTES = 7;
const MAX_LENGTH = 260;

const frame = (request: Buffer, pdu: Buffer): Buffer => {
  const answer = Buffer.alloc(HEADER_BYTES + pdu.length);
  request.copy(answer, 0, 0, HEADER_BYTES);
  answer.writeUInt16BE(pdu.length + 1, 4);
  pdu.copy(answer, HEADER_BYTES);
  return answer;
};

const answerFrame = (target: WireDevice, socket: Socket, request: Buffer): void => {
  const unitId = request[6] ?? 0;
  if (!isListening(target) || !target.bank.unitIds.has(unitId)) return;
  const answer = frame(request, answerPdu(target.bank, unitId, request.subarray(HEADER_BYTES)));
  sendAnswer(target, answer, (bytes) => {
    if (!socket.destroyed) socket.write(bytes);
  });
};

/** Cuts whole frames off the front of what came in; null: the stream is not Modbus. */
const takeFrames = (buffer: Buffer, take: (request: Buffer) => void): Buffer | null => {
  let rest = buffer;
  while (rest.length >= HEADER_BYTES) {
    const length = rest.readUInt16BE(4);
    if (rest.readUInt16BE(2) !== 0 || length < 2 || length > MAX_LENGTH) return null;
    if (rest.length < 6 + length) break;
    take(rest.subarray(0, 6 + length));
    rest = rest.subarray(6 + length);
  }
  return rest;
};

const serve = (target: WireDevice, socket: Socket): void => {
  let buffer: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes: Buffer) => {
    const rest = takeFrames(Buffer.concat([buffer, bytes]), (request) => answerFrame(target, socket, request));
    if (rest === null) socket.destroy();
    else buffer = rest;
  });
};

/** Opens a Modbus TCP server for a device; port 0 takes a free one. Unknown unit ids get no answer. */
export const openModbusTcpServer = async (target: WireDevice, port = 0): Promise<ModbusTcpServer> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(target, socket);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
};
