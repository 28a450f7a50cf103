import { fault, type Fault } from "#controller/model/fault.ts";
import { failed, ok, type Result } from "#controller/model/result.ts";
import { connectProblem, pause, withDeadline } from "./deadline.ts";
import { createModbusClient, faultOf, issue, type ModbusClient, type ModbusRequest } from "./modbus-client.ts";

/** What differs between a socket and a serial line. */
export type ModbusWire = {
  /** Connects a new client. */
  connect(client: ModbusClient): Promise<void>;
  /** Closes a client, connected or not. */
  disconnect(client: ModbusClient): Promise<void>;
  /** Drops whatever came in since the last answer; rejects when it cannot. */
  dropInput(client: ModbusClient): Promise<void>;
  /** Failures in a row after which a new client is made. */
  readonly maxFailures: number;
  /** Whether an answer does not say which request it belongs to: then a failure is followed by silence. */
  readonly needsSilence: boolean;
  /** Shortest pause between two frames, ms. */
  readonly minGapMs: number;
};

/** The registers or bits that were read, none for a write; or what went wrong. */
export type ExchangeAnswer = Result<readonly number[], Fault>;

/** Whether the device answered, if only to refuse. */
export const isAnswered = (result: ExchangeAnswer): boolean => result.ok || result.fault.code === "refused";

/** Who asks, and how patient to be. */
export type ExchangeOptions = { readonly subject: string; readonly timeoutMs: number; readonly delayMs: number };

/** One socket or serial line. Not for concurrent use: a queue stands before it. */
export type ModbusLink = {
  /** The answer or a fault within the deadline, connecting first where needed. Never rejects. */
  exchange(request: ModbusRequest, options: ExchangeOptions): Promise<ExchangeAnswer>;
  close(): Promise<void>;
};

/** A link that connects at its first request, and again after a failure. */
export const createModbusLink = (wire: ModbusWire): ModbusLink => new Link(wire);

class Link implements ModbusLink {
  readonly #wire: ModbusWire;
  #client: ModbusClient | null = null;
  #failures = 0;
  #quiet: Promise<unknown> = Promise.resolve();
  #abort: ((error: Error) => void) | null = null;

  constructor(wire: ModbusWire) {
    this.#wire = wire;
  }

  async exchange(request: ModbusRequest, options: ExchangeOptions): Promise<ExchangeAnswer> {
    await this.#quiet;
    const opened = await this.#open(options);
    if (!opened.ok) return opened;
    const result = await this.#ask(opened.value, request, options);
    await this.#settle(result, options);
    return result;
  }

  async close(): Promise<void> {
    await this.#discard();
  }

  async #open({ subject, timeoutMs }: ExchangeOptions): Promise<Result<ModbusClient, Fault>> {
    if (this.#client?.isOpen === true) return ok(this.#client);
    await this.#discard();
    const client = createModbusClient();
    client.on("close", () => this.#noteClosed(client));
    this.#client = client;
    const outcome = await withDeadline(this.#wire.connect(client), timeoutMs);
    if (outcome.kind === "done") {
      // A process that ended just now may have asked something that is still being answered.
      if (this.#wire.needsSilence) await pause(timeoutMs);
      return ok(client);
    }
    await this.#discard();
    const why = outcome.kind === "late" ? `no connection within ${timeoutMs} ms` : connectProblem(outcome.error);
    return failed(fault("unreachable", subject, why));
  }

  async #ask(
    client: ModbusClient,
    request: ModbusRequest,
    { subject, timeoutMs }: ExchangeOptions,
  ): Promise<ExchangeAnswer> {
    const aborted = Promise.withResolvers<never>();
    this.#abort = aborted.reject;
    const answer = this.#wire.dropInput(client).then(() => issue(client, request));
    const outcome = await withDeadline(Promise.race([answer, aborted.promise]), timeoutMs);
    this.#abort = null;
    if (outcome.kind === "done") return ok(outcome.value);
    if (outcome.kind === "late") return failed(fault("timeout", subject, `no answer within ${timeoutMs} ms`));
    return failed(faultOf(outcome.error, subject, this.#client === client && client.isOpen));
  }

  /** What is no answer may be followed by one that comes late: it shall not meet the next request on the line. */
  async #settle(result: ExchangeAnswer, { timeoutMs, delayMs }: ExchangeOptions): Promise<void> {
    const gapMs = Math.max(delayMs, this.#wire.minGapMs);
    if (isAnswered(result)) {
      this.#failures = 0;
      if (gapMs > 0) this.#quiet = pause(gapMs);
      return;
    }
    this.#failures += 1;
    this.#quiet = pause(this.#wire.needsSilence ? timeoutMs + gapMs : gapMs);
    if (this.#failures >= this.#wire.maxFailures) await this.#discard();
  }

  #noteClosed(client: ModbusClient): void {
    if (this.#client === client) this.#client = null;
    this.#abort?.(new Error("the connection was closed"));
  }

  async #discard(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#failures = 0;
    if (client !== null) await withDeadline(this.#wire.disconnect(client), CLOSE_MS);
  }
}

const CLOSE_MS = 500;
