import { connect, Store, type MqttClient } from "mqtt";
import { fault, type Fault } from "#controller/model/fault.ts";
import { failed, ok, type Result } from "#controller/model/result.ts";
import type { Clock, Instant } from "#controller/model/time.ts";
import { connectProblem, messageOf, withDeadline } from "./deadline.ts";

/** The newest message of a topic; `arrivedAt` is null for one the broker had kept: it may be of any age. */
export type MqttMessage = { readonly payload: string; readonly arrivedAt: Instant | null };

/** One device's share of a broker. */
export type MqttPort = {
  /** Why there is no connection to the broker, and to which; null: there is one. */
  connectionProblem(): string | null;
  /** Follows a topic from now on; the listener is called for every message sent since, for kept ones only where it asks. */
  follow(topic: string, listener: () => void, kept?: "kept-too"): void;
  newest(topic: string): MqttMessage | null;
  /** Sends with QoS 1; ok once the broker has it. Nothing is kept for later: undelivered by the deadline, it is dropped. */
  publish(topic: string, payload: string, isRetained: boolean): Promise<Result<null, Fault>>;
  /** Leaves the broker; the last device to leave closes the client. */
  close(): Promise<void>;
};

/** A broker as the site file names it. */
export type BrokerAddress = {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
};

/** The brokers of a process: devices of one broker and user share one client. */
export type MqttPool = { join(broker: BrokerAddress, subject: string): MqttPort };

/** No brokers yet; a client connects when its first device joins, and again by itself. */
export const createMqttPool = (clock: Clock): MqttPool => {
  const links = new Map<string, Link>();
  return {
    join: (broker, subject) => {
      const key = `${broker.url} ${broker.username ?? ""}`;
      const link = links.get(key) ?? new Link(broker, clock);
      links.set(key, link);
      link.devices += 1;
      return createPort(link, subject, () => links.delete(key));
    },
  };
};

const createPort = (link: Link, subject: string, forgetLink: () => void): MqttPort => {
  let isClosed = false;
  return {
    connectionProblem: () => (isClosed ? "closed" : link.connectionProblem()),
    follow: (topic, listener, kept) => link.follow(topic, { call: listener, hearsKept: kept === "kept-too" }),
    newest: (topic) => link.newest(topic),
    publish: async (topic, payload, isRetained) => {
      const why = await link.publish(topic, payload, isRetained);
      return why === null ? ok(null) : failed(fault(why.code, subject, why.detail));
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      link.devices -= 1;
      if (link.devices > 0) return;
      forgetLink();
      await link.close();
    },
  };
};

const RECONNECT_MS = 1000;
const CONNECT_MS = 5000;
const PUBLISH_MS = 2000;
const CLOSE_MS = 1000;
const MAX_PAYLOAD_BYTES = 65_536;

/** Keeps nothing, so that an old command is not sent again when the connection returns. */
class ForgetfulStore extends Store {
  override put(_packet: unknown, done: () => void): this {
    done();
    return this;
  }

  override del(_packet: unknown, done: () => void): this {
    done();
    return this;
  }
}

type Listener = { readonly call: () => void; readonly hearsKept: boolean };

class Link {
  devices = 0;
  readonly #client: MqttClient;
  readonly #clock: Clock;
  readonly #url: string;
  #newestProblem = "";
  readonly #newest = new Map<string, MqttMessage>();
  readonly #listeners = new Map<string, Listener[]>();

  constructor({ url, username, password }: BrokerAddress, clock: Clock) {
    this.#clock = clock;
    this.#url = url;
    this.#client = connect(url, {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      reconnectPeriod: RECONNECT_MS,
      connectTimeout: CONNECT_MS,
      keepalive: 10,
      clean: true,
      queueQoSZero: false,
      resubscribe: true,
      outgoingStore: new ForgetfulStore(),
    });
    this.#client.on("error", (error) => {
      this.#newestProblem = `: ${connectProblem(error)}`;
    });
    this.#client.on("connect", () => {
      this.#newestProblem = "";
    });
    this.#client.on("message", (topic, payload, packet) => this.#receive(topic, payload, packet.retain));
  }

  connectionProblem(): string | null {
    return this.#client.connected ? null : `no connection to the MQTT broker ${this.#url}${this.#newestProblem}`;
  }

  follow(topic: string, listener: Listener): void {
    const listeners = this.#listeners.get(topic);
    if (listeners !== undefined) {
      listeners.push(listener);
      return;
    }
    this.#listeners.set(topic, [listener]);
    this.#client.subscribe(topic, { qos: 0 }, () => undefined);
  }

  newest(topic: string): MqttMessage | null {
    return this.#newest.get(topic) ?? null;
  }

  /** Null, or what went wrong. */
  async publish(topic: string, payload: string, retain: boolean): Promise<Pick<Fault, "code" | "detail"> | null> {
    const problem = this.connectionProblem();
    if (problem !== null) return { code: "unreachable", detail: problem };
    const sent = this.#client.publishAsync(topic, payload, { qos: 1, retain });
    const messageId = this.#client.getLastMessageId();
    const outcome = await withDeadline(sent, PUBLISH_MS);
    if (outcome.kind === "done") return null;
    if (outcome.kind === "error") return { code: "unreachable", detail: messageOf(outcome.error) };
    this.#client.removeOutgoingMessage(messageId);
    return { code: "timeout", detail: `the broker did not take the message within ${PUBLISH_MS} ms` };
  }

  async close(): Promise<void> {
    await withDeadline(this.#client.endAsync(true), CLOSE_MS);
  }

  #receive(topic: string, payload: Buffer, isKept: boolean): void {
    const listeners = this.#listeners.get(topic);
    if (listeners === undefined || payload.length > MAX_PAYLOAD_BYTES) return;
    this.#newest.set(topic, { payload: payload.toString(), arrivedAt: isKept ? null : this.#clock.now() });
    for (const { call, hearsKept } of listeners) if (!isKept || hearsKept) call();
  }
}
