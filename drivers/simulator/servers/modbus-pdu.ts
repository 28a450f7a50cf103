import { EXCEPTION, type ReadAnswer, type RegisterBank, type Table } from "./register-bank.ts";

const READ_TABLES: { readonly [functionCode: number]: Table } = { 1: "coil", 2: "discrete", 3: "holding", 4: "input" };

const exceptionPdu = (functionCode: number, code: number): Buffer => Buffer.from([functionCode | 0x80, code]);

const packBits = (bits: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  for (const [index, bit] of bits.entries()) {
    const at = index >> 3;
    if (bit !== 0) bytes[at] = (bytes[at] ?? 0) | (1 << (index & 7));
  }
  return bytes;
};

const packRegisters = (registers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(registers.length * 2);
  for (const [index, register] of registers.entries()) bytes.writeUInt16BE(register & 0xffff, index * 2);
  return bytes;
};

const readPdu = (functionCode: number, answer: ReadAnswer): Buffer => {
  if ("exception" in answer) return exceptionPdu(functionCode, answer.exception);
  const data = functionCode <= 2 ? packBits(answer.registers) : packRegisters(answer.registers);
  return Buffer.concat([Buffer.from([functionCode, data.length]), data]);
};

const writtenValues = (functionCode: number, pdu: Buffer): readonly number[] | null => {
  if (functionCode === 5) return [pdu.readUInt16BE(3) === 0xff00 ? 1 : 0];
  if (functionCode === 6) return [pdu.readUInt16BE(3)];
  const count = pdu.readUInt16BE(3);
  const data = pdu.subarray(6);
  const isWhole =
    pdu.length >= 6 &&
    data.length === pdu[5] &&
    data.length === (functionCode === 15 ? Math.ceil(count / 8) : count * 2);
  if (!isWhole) return null;
  return Array.from({ length: count }, (_, i) =>
    functionCode === 15 ? ((data[i >> 3] ?? 0) >> (i & 7)) & 1 : data.readUInt16BE(i * 2),
  );
};

/** The answer of a device to a request, both without their framing: function codes 1 to 6, 15 and 16. */
export const answerPdu = (bank: RegisterBank, unitId: number, pdu: Buffer): Buffer => {
  const functionCode = pdu[0] ?? 0;
  const table = READ_TABLES[functionCode];
  if (table === undefined && ![5, 6, 15, 16].includes(functionCode))
    return exceptionPdu(functionCode, EXCEPTION.illegalFunction);
  if (pdu.length < 5) return exceptionPdu(functionCode, EXCEPTION.illegalValue);
  const address = pdu.readUInt16BE(1);
  if (table !== undefined) return readPdu(functionCode, bank.read(unitId, table, address, pdu.readUInt16BE(3)));
  const values = writtenValues(functionCode, pdu);
  if (values === null) return exceptionPdu(functionCode, EXCEPTION.illegalValue);
  const exception = bank.write(unitId, functionCode, address, values);
  return exception === null ? pdu.subarray(0, 5) : exceptionPdu(functionCode, exception);
};
