import { fault, type Fault } from "#controller/model/fault.ts";
import { failed, ok, type Result } from "#controller/model/result.ts";
import type { Clock } from "#controller/model/time.ts";
import type { ModbusPoint } from "../profiles/schema.ts";
import { createBackoff, type Backoff } from "./backoff.ts";
import { createBusQueue, type BusQueue } from "./bus-queue.ts";
import type { ModbusRequest } from "./modbus-client.ts";
import { createModbusLink, type ModbusLink } from "./modbus-link.ts";
import { createOrderedLink } from "./modbus-order.ts";
import { modbusRtuWire, type SerialLine } from "./modbus-rtu.ts";
import { modbusTcpWire } from "./modbus-tcp.ts";

/** One device on a bus. Every call ends within the waits and deadlines of the bus and never rejects. */
export type ModbusPort = {
  /** Registers, or bits (0 or 1) from the tables of bits. */
  read(
    unitId: number,
    table: ModbusPoint["table"],
    address: number,
    count: number,
  ): Promise<Result<readonly number[], Fault>>;
  /** Writes registers, or the bit of function 5; acknowledged by the device when ok. */
  write(
    unitId: number,
    functionCode: 5 | 6 | 16,
    address: number,
    values: readonly number[],
  ): Promise<Result<null, Fault>>;
  /** Leaves the bus; the last device to leave closes it. */
  close(): Promise<void>;
};

/** What a device needs of its bus. */
export type ModbusPortOptions = {
  /** Id of the station or meter, for faults. */
  readonly subject: string;
  /** A meter is asked again sooner: the whole site hangs on it. */
  readonly role: "station" | "meter";
  readonly timeoutMs: number;
  readonly delayMs: number;
};

/** The buses of a process: devices of one socket address or one serial path share one. */
export type ModbusPool = {
  /** A device behind a socket. */
  overTcp(address: TcpAddress, options: ModbusPortOptions): ModbusPort;
  /** A device on a serial line. */
  overRtu(line: SerialLine, options: ModbusPortOptions): ModbusPort;
};

/** No buses yet; the clock times the waits of devices that do not answer. Tests give serial lines of their own. */
export const createModbusPool = (clock: Clock, rtuWire = modbusRtuWire): ModbusPool => {
  const buses = new Map<string, Bus>();
  const join = (key: string, makeLink: () => ModbusLink, options: ModbusPortOptions): ModbusPort => {
    const bus = buses.get(key) ?? { link: makeLink(), queue: createBusQueue(), devices: 0 };
    buses.set(key, bus);
    bus.devices += 1;
    return new Port(bus, options, clock, () => buses.delete(key));
  };
  const openTcp = (address: TcpAddress) => (): ModbusLink => createModbusLink(modbusTcpWire(address));
  const openRtu = (line: SerialLine) => (): ModbusLink => createOrderedLink(createModbusLink(rtuWire(line)), clock);
  return {
    overTcp: (address, options) => join(`tcp ${address.host}:${address.port}`, openTcp(address), options),
    overRtu: (line, options) => join(`rtu ${line.path}`, openRtu(line), options),
  };
};

type TcpAddress = { readonly host: string; readonly port: number };
type Bus = { readonly link: ModbusLink; readonly queue: BusQueue; devices: number };

const FIRST_WAIT_MS = { station: 1000, meter: 250 };
const LONGEST_WAIT_MS = 2000;
/** Only on a shared bus that works does a dead station take time from others. */
const LONGEST_WAIT_SHARED_MS = { station: 30_000, meter: LONGEST_WAIT_MS };

class Port implements ModbusPort {
  readonly #bus: Bus;
  readonly #options: ModbusPortOptions;
  readonly #backoff: Backoff;
  readonly #forgetBus: () => void;
  #isClosed = false;
  #newestFault: Fault | null = null;

  constructor(bus: Bus, options: ModbusPortOptions, clock: Clock, forgetBus: () => void) {
    this.#bus = bus;
    this.#options = options;
    this.#forgetBus = forgetBus;
    this.#backoff = createBackoff(clock, FIRST_WAIT_MS[options.role]);
  }

  read(
    unitId: number,
    table: ModbusPoint["table"],
    address: number,
    count: number,
  ): Promise<Result<readonly number[], Fault>> {
    return this.#request({ kind: "read", unitId, table, address, count });
  }

  async write(
    unitId: number,
    functionCode: 5 | 6 | 16,
    address: number,
    values: readonly number[],
  ): Promise<Result<null, Fault>> {
    const result = await this.#request({ kind: "write", unitId, functionCode, address, values });
    return result.ok ? ok(null) : result;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#bus.devices -= 1;
    if (this.#bus.devices > 0) return;
    this.#forgetBus();
    await this.#bus.queue.run("write", () => this.#bus.link.close());
  }

  #request(request: ModbusRequest): Promise<Result<readonly number[], Fault>> {
    return this.#isIdle() ? this.#refuse() : this.#bus.queue.run(request.kind, () => this.#exchange(request));
  }

  async #exchange(request: ModbusRequest): Promise<Result<readonly number[], Fault>> {
    if (this.#isIdle()) return this.#refuse();
    const result = await this.#bus.link.exchange(request, this.#options);
    this.#newestFault = result.ok ? null : result.fault;
    if (result.ok || result.fault.code === "refused") this.#backoff.noteAnswer();
    else this.#backoff.noteSilence(this.#longestWaitMs(result.fault));
    return result;
  }

  #longestWaitMs({ code }: Fault): number {
    const isOwnFault = code !== "unreachable" && this.#bus.devices > 1;
    return isOwnFault ? LONGEST_WAIT_SHARED_MS[this.#options.role] : LONGEST_WAIT_MS;
  }

  #isIdle(): boolean {
    return this.#isClosed || this.#backoff.isWaiting();
  }

  /** While it waits, the device still has the fault it had when it was last asked. */
  async #refuse(): Promise<Result<never, Fault>> {
    const closed = fault("unreachable", this.#options.subject, "closed");
    return failed(this.#isClosed ? closed : (this.#newestFault ?? closed));
  }
}
