import ModbusRTU from "modbus-serial";
import { fault, type Fault } from "#controller/model/fault.ts";
import type { ModbusPoint } from "../profiles/schema.ts";
import { messageOf } from "./deadline.ts";

/** The library's client: one connection, trusted with one request at a time. */
export type ModbusClient = InstanceType<typeof ModbusRTU.default>;

/** A read of registers (or bits), or a write with one of the function codes we use. */
export type ModbusRequest =
  | {
      readonly kind: "read";
      readonly unitId: number;
      readonly table: ModbusPoint["table"];
      readonly address: number;
      readonly count: number;
    }
  | {
      readonly kind: "write";
      readonly unitId: number;
      readonly functionCode: 5 | 6 | 16;
      readonly address: number;
      readonly values: readonly number[];
    };

/** The function code that a request is sent with; an answer repeats it. */
export const functionCodeOf = (request: ModbusRequest): number =>
  request.kind === "read" ? READ_CODES[request.table] : request.functionCode;

const READ_CODES = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;

/** A client that is not yet connected. An error it emits outside a request also fails the request, so it is not fatal. */
export const createModbusClient = (): ModbusClient => {
  const client = new ModbusRTU.default();
  client.on("error", () => undefined);
  return client;
};

/** Sends a request and checks that the answer belongs to it; a write gives an empty list. Rejects on anything else, or never settles. */
export const issue = async (client: ModbusClient, request: ModbusRequest): Promise<readonly number[]> => {
  client.setID(request.unitId);
  if (request.kind === "read") return readWith(client, request);
  const isEcho = await writeWith(client, request);
  if (!isEcho) throw new Error("the answer does not repeat the write");
  return [];
};

/** What an error of a request says of the device: it refused, its answer was wrong, or it cannot be reached. */
export const faultOf = (error: unknown, subject: string, isOpen: boolean): Fault => {
  const code = modbusCodeOf(error);
  if (code === GATEWAY_PATH_UNAVAILABLE || code === GATEWAY_TARGET_SILENT) {
    return fault("timeout", subject, messageOf(error));
  }
  if (code !== null) return fault("refused", subject, messageOf(error));
  return fault(isOpen ? "malformed" : "unreachable", subject, messageOf(error));
};

/** Modbus application protocol 1.1b3, section 7. */
const GATEWAY_PATH_UNAVAILABLE = 10;
const GATEWAY_TARGET_SILENT = 11;

const modbusCodeOf = (error: unknown): number | null =>
  error instanceof Error && "modbusCode" in error && typeof error.modbusCode === "number" ? error.modbusCode : null;

const readWith = async (
  client: ModbusClient,
  { table, address, count }: Extract<ModbusRequest, { kind: "read" }>,
): Promise<readonly number[]> => {
  if (table === "holding" || table === "input") {
    const { data, buffer } = await (table === "holding"
      ? client.readHoldingRegisters(address, count)
      : client.readInputRegisters(address, count));
    if (buffer.length !== 2 * count) throw new Error(`expected ${2 * count} bytes, got ${buffer.length}`);
    return data;
  }
  const { data, buffer } = await (table === "coil"
    ? client.readCoils(address, count)
    : client.readDiscreteInputs(address, count));
  if (buffer.length !== Math.ceil(count / 8)) throw new Error(`expected ${count} bits, got ${buffer.length} bytes`);
  return data.slice(0, count).map(Number);
};

const writeWith = async (
  client: ModbusClient,
  { functionCode, address, values }: Extract<ModbusRequest, { kind: "write" }>,
): Promise<boolean> => {
  const first = values[0] ?? 0;
  if (functionCode === 5) {
    const echo = await client.writeCoil(address, first !== 0);
    return echo.address === address && echo.state === (first !== 0);
  }
  if (functionCode === 6) {
    const echo = await client.writeRegister(address, first);
    return echo.address === address && echo.value === first;
  }
  const echo = await client.writeRegisters(address, [...values]);
  return echo.address === address && echo.length === values.length;
};
