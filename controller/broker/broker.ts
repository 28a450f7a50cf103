import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Aedes, type AedesOptions } from "aedes";
import { createAdmission } from "./admission.ts";
import { ByteGate } from "./byte-gate.ts";
import { BROKER_LIMITS, type BrokerLimits } from "./limits.ts";
import { createRules, isOwnTopic, whyNotConnect } from "./rules.ts";
import { Sessions, type SessionStore } from "./sessions.ts";
import type { StateMessage } from "./topics.ts";

// Until clients have accounts, only this machine may connect.
const HOST = "127.0.0.1";
const EXPIRE_EVERY_MS = 600_000;

/** The embedded MQTT 3.1.1 broker. */
export type Broker = {
  /** The port it listens on, on loopback only. */
  readonly port: number;
  /** Publishes a retained message, QoS 0; resolves when it has been handed to the subscribers, at most the drain time-out later. */
  publish(message: StateMessage): Promise<void>;
  close(): Promise<void>;
};

type Options = {
  readonly port: number;
  /** Told which client was disconnected and why; null: it had no id yet. */
  readonly onRefusal: (client: string | null, reason: string) => void;
  readonly limits?: BrokerLimits;
};

class LimitedAedes extends Aedes {
  declare readonly persistence: SessionStore;
}

const startAedes = async (limits: BrokerLimits): Promise<LimitedAedes> => {
  const { handlers, unsubscribed } = createRules(limits);
  const options: AedesOptions = {
    // Its queue would make all wait for one that does not read, and is worked off by recursion: a long one ends the process.
    concurrency: 0,
    connectTimeout: limits.connectTimeoutMs,
    drainTimeout: limits.drainTimeoutMs,
    maxTopicLevels: limits.maxTopicLevels,
    maxInflightInbound: limits.maxInflightInbound,
    ...handlers,
  };
  const aedes = new LimitedAedes(options);
  aedes.on("unsubscribe", (topics, client) => unsubscribed(client, topics));
  await aedes.listen();
  return aedes;
};

const limitSessions = (aedes: LimitedAedes, limits: BrokerLimits): Sessions => {
  const sessions = new Sessions(aedes.persistence, limits, () => performance.now());
  sessions.enforce(isOwnTopic);
  aedes.preConnect = (_client, packet, done) => {
    const reason = whyNotConnect(packet, sessions);
    done(reason === null ? null : new Error(reason), reason === null);
  };
  aedes.on("client", (client) => sessions.arrived(client.id, !client.clean));
  aedes.on("clientDisconnect", (client) => sessions.left(client.id));
  return sessions;
};

const openGates = (aedes: Aedes, limits: BrokerLimits): ((socket: Socket) => void) => {
  const leaves = new WeakMap<ByteGate, () => void>();
  aedes.on("connackSent", (packet, client) => {
    if (packet.returnCode !== 0 || !(client.conn instanceof ByteGate)) return;
    client.conn.open();
    leaves.get(client.conn)?.();
  });
  return createAdmission(limits, (socket, leave) => {
    const gate = new ByteGate(socket, limits);
    leaves.set(gate, leave);
    aedes.handle(gate);
  });
};

const whyNot = (cause: Error): string =>
  "code" in cause && cause.code === "EADDRINUSE"
    ? "another program uses that port, perhaps another MQTT broker; stop it, or choose another port as mqttPort under gateway in the site file"
    : cause.message;

const listen = async (server: Server, port: number): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new Error(`The MQTT broker cannot listen on ${HOST}:${port}: ${whyNot(cause)}.`, { cause })),
    );
    server.listen({ host: HOST, port }, resolve);
  });
  return portOf(server.address(), port);
};

const portOf = (address: AddressInfo | string | null, fallback: number): number =>
  address !== null && typeof address === "object" ? address.port : fallback;

const publishTo = (aedes: Aedes, { topic, payload }: StateMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    aedes.publish({ cmd: "publish", topic, payload, qos: 0, retain: true, dup: false }, (error) =>
      error ? reject(error) : resolve(),
    );
  });

/** Opens the broker on loopback; port 0 takes a free one. Rejects when the port is taken. */
export const openBroker = async ({ port, onRefusal, limits = BROKER_LIMITS }: Options): Promise<Broker> => {
  const aedes = await startAedes(limits);
  const sessions = limitSessions(aedes, limits);
  aedes.on("clientError", (client, error) => onRefusal(client.id, error.message));
  aedes.on("connectionError", (_client, error) => onRefusal(null, error.message));
  const sockets = new Set<Socket>();
  const arrive = openGates(aedes, limits);
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    arrive(socket);
  });
  server.maxConnections = limits.maxConnections;
  const expiry = setInterval(() => void sessions.expire(), Math.min(EXPIRE_EVERY_MS, limits.sessionExpiryMs));

  const close = async (): Promise<void> => {
    clearInterval(expiry);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  try {
    const actualPort = await listen(server, port);
    return { port: actualPort, publish: (message) => publishTo(aedes, message), close };
  } catch (error) {
    await close();
    throw error;
  }
};
