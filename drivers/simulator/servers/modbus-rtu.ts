import { answerPdu } from "./modbus-pdu.ts";
import type { SerialLine } from "./serial-line.ts";
import { isListening, sendAnswer, type WireDevice } from "./wire.ts";

const MAX_BUFFER = 1024;

/** CRC-16 of Modbus over serial line, polynomial 0xA001, start 0xFFFF. */
export const crc16 = (bytes: Uint8Array): number => {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xa001;
  }
  return crc;
};

/** A frame: unit id, PDU, CRC low byte first. */
export const rtuFrame = (unitId: number, pdu: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from([unitId]), pdu]);
  const crc = crc16(body);
  return Buffer.concat([body, Buffer.from([crc & 0xff, crc >> 8])]);
};

/** Length of the request at the front of a buffer; null: too little is there to tell. */
const requestLength = (buffer: Buffer): number | null => {
  const functionCode = buffer[1];
  if (functionCode === undefined) return null;
  if (functionCode !== 15 && functionCode !== 16) return 8;
  const dataBytes = buffer[6];
  return dataBytes === undefined ? null : 9 + dataBytes;
};

const isIntact = (request: Buffer): boolean =>
  crc16(request.subarray(0, -2)) === request.readUInt16LE(request.length - 2);

/** Cuts whole requests off the front; a byte that starts none is dropped. */
const takeRequests = (buffer: Buffer, take: (request: Buffer) => void): Buffer => {
  let rest = buffer;
  for (let length = requestLength(rest); length !== null && rest.length >= length; length = requestLength(rest)) {
    const request = rest.subarray(0, length);
    if (isIntact(request)) take(request);
    rest = rest.subarray(isIntact(request) ? length : 1);
  }
  return rest.subarray(-MAX_BUFFER);
};

const answer = (devices: readonly WireDevice[], line: SerialLine, request: Buffer): void => {
  const unitId = request[0] ?? 0;
  const target = devices.find(({ bank }) => bank.unitIds.has(unitId));
  if (target === undefined || !isListening(target)) return;
  const pdu = answerPdu(target.bank, unitId, request.subarray(1, -2));
  sendAnswer(target, rtuFrame(unitId, pdu), (bytes) => line.write(bytes));
};

/** Serves several devices, told apart by their unit ids, on one serial line. */
export const serveSerialLine = (line: SerialLine, devices: readonly WireDevice[]): void => {
  let buffer: Buffer = Buffer.alloc(0);
  line.onData((bytes) => {
    buffer = takeRequests(Buffer.concat([buffer, bytes]), (request) => answer(devices, line, request));
  });
};
