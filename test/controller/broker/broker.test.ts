import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { connect, connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { afterEach, describe, expect, it } from "vitest";
import { type Broker, openBroker } from "#controller/broker/broker.ts";
import { BROKER_LIMITS, type BrokerLimits } from "#controller/broker/limits.ts";

const refusals: string[] = [];
const closers: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  refusals.length = 0;
});

const open = async (limits: Partial<BrokerLimits> = {}): Promise<Broker> => {
  const broker = await openBroker({
    port: 0,
    onRefusal: (_client, reason) => refusals.push(reason),
    limits: { ...BROKER_LIMITS, ...limits },
  });
  closers.push(() => broker.close());
  return broker;
};

const client = async (broker: Broker, options: IClientOptions = {}): Promise<MqttClient> => {
  const connected = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0, ...options });
  connected.on("error", () => undefined);
  closers.push(() => connected.endAsync(true));
  return connected;
};

const rawSocket = async (broker: Broker): Promise<Socket> => {
  const socket = connectSocket(broker.port, "127.0.0.1");
  socket.on("error", () => undefined);
  closers.push(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  return socket;
};

const event = (from: MqttClient, name: "close" | "connect"): Promise<void> =>
  new Promise((resolve) => {
    from.once(name, () => resolve());
  });

const message = (from: MqttClient): Promise<{ topic: string; text: string }> =>
  new Promise((resolve) => {
    from.once("message", (topic, payload) => resolve({ topic, text: payload.toString() }));
  });

/** The topics that arrive, up to and including the last one. */
const collect = (from: MqttClient, last: string): Promise<readonly string[]> =>
  new Promise((resolve) => {
    const topics: string[] = [];
    from.on("message", (topic) => {
      topics.push(topic);
      if (topic === last) resolve(topics);
    });
  });

/** MQTT 3.1.1 CONNECT, clean session unless `isLasting`. */
const connectBytes = (clientId: string, isLasting = false): Buffer => {
  const id = Buffer.from(clientId);
  return Buffer.concat([
    Buffer.from([0x10, 12 + id.length, 0, 4]),
    Buffer.from("MQTT"),
    Buffer.from([4, isLasting ? 0 : 2, 0, 0, 0, id.length]),
    id,
  ]);
};

const subscribeToAll = Buffer.from([0x82, 6, 0, 1, 0, 1, 0x23, 0]);

describe("the broker", () => {
  it("keeps state for those who come later", async () => {
    const broker = await open();
    await broker.publish({ topic: "headroom/depot/state", payload: "{}" });
    const late = await client(broker);
    const received = message(late);
    await late.subscribeAsync("headroom/#");
    expect(await received).toEqual({ topic: "headroom/depot/state", text: "{}" });
  });

  it("carries messages between clients", async () => {
    const broker = await open();
    const [from, to] = [await client(broker), await client(broker)];
    await to.subscribeAsync("meters/+", { qos: 1 });
    const received = message(to);
    await from.publishAsync("meters/main", "7", { qos: 1 });
    expect(await received).toEqual({ topic: "meters/main", text: "7" });
  });

  it("says in words that its port is taken", async () => {
    const broker = await open();
    await expect(openBroker({ port: broker.port, onRefusal: () => undefined })).rejects.toThrow(
      /cannot listen on 127\.0\.0\.1:\d+: another program uses that port.*mqttPort/,
    );
  });

  it.each([
    ["a state topic", "headroom/depot/state", 0 as const, "the controller's own"],
    ["a circuit's topic", "headroom/depot/circuits/grid", 1 as const, "the controller's own"],
    ["a system topic", "$SYS/made-up", 0 as const, "read-only"],
    ["anything with QoS 2", "meters/main", 2 as const, "QoS 2"],
    ["an endless topic", "t".repeat(513), 0 as const, "too long"],
    ["a topic of too many levels", "a/".repeat(12), 0 as const, "too many levels"],
  ])("disconnects a client that publishes to %s", async (_what, topic, qos, reason) => {
    const broker = await open();
    const bad = await client(broker);
    const closed = event(bad, "close");
    bad.publish(topic, "x", { qos, retain: true });
    await closed;
    expect(refusals[0]).toContain(reason);
    const other = await client(broker);
    const received = message(other);
    await other.subscribeAsync("#");
    await broker.publish({ topic: "last", payload: "1" });
    expect((await received).topic).toBe("last");
  });

  it("does not publish a Will on a state topic", async () => {
    const broker = await open();
    const watcher = await client(broker);
    await watcher.subscribeAsync("#");
    const received = collect(watcher, "wills/allowed");
    const die = async (topic: string): Promise<void> => {
      const will = { topic, payload: Buffer.from("gone"), qos: 0 as const, retain: true };
      const dying = await client(broker, { will });
      dying.stream.destroy();
      await event(dying, "close");
    };
    await die("headroom/depot/state");
    await die("wills/allowed");
    expect(await received).toEqual(["wills/allowed"]);
  });

  it("does not let clients listen to its system topics, even beside a granted one", async () => {
    const broker = await open();
    const listener = await client(broker);
    const granted = await listener.subscribeAsync(["$SYS/#", "meters/#"]).catch((error: unknown) => error);
    expect(JSON.stringify(granted)).toContain("128");
  });

  it("refuses more subscriptions than it counts for one client", async () => {
    const broker = await open({ maxSubscriptions: 2 });
    const listener = await client(broker);
    await listener.subscribeAsync(["a", "b"]);
    await expect(listener.subscribeAsync("c")).rejects.toThrow("Subscribe error");
    await listener.unsubscribeAsync("a");
    await expect(listener.subscribeAsync("c")).resolves.toBeDefined();
  });

  it("survives topics of more than a hundred levels", async () => {
    const broker = await open();
    const deep = "a/".repeat(150);
    const publisher = await client(broker);
    publisher.publish(deep, "x");
    await event(publisher, "close");
    const subscriber = await client(broker);
    subscriber.subscribe(deep);
    await event(subscriber, "close");
    const dying = await client(broker, { will: { topic: deep, payload: Buffer.from("x"), qos: 0, retain: true } });
    dying.stream.destroy();
    await event(dying, "close");
    await expect(client(broker)).resolves.toBeDefined();
  });

  it("refuses a lasting session without a client id", async () => {
    const broker = await open();
    const socket = await rawSocket(broker);
    socket.resume();
    socket.write(connectBytes("", true));
    await once(socket, "close");
    expect(refusals).toEqual(["a lasting session needs a client id"]);
  });

  it("keeps its memory when sockets announce 200 MB each before they say who they are", async () => {
    const broker = await open();
    const before = process.memoryUsage().rss;
    const flood = async (): Promise<void> => {
      const socket = await rawSocket(broker);
      socket.resume();
      socket.write(Buffer.from([0x10, 0x80, 0x88, 0xaf, 0x5f]));
      for (let megabytes = 0; megabytes < 200 && !socket.destroyed; megabytes += 1) {
        await new Promise((resolve) => socket.write(Buffer.alloc(1024 * 1024), resolve));
      }
      if (!socket.closed) await once(socket, "close");
    };
    await Promise.all([flood(), flood(), flood(), flood()]);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    await expect(client(broker)).resolves.toBeDefined();
  });

  it("lets others wait for a place while silent connections take them all, and closes those in time", async () => {
    const broker = await open({ maxUnauthenticated: 2, connectTimeoutMs: 100 });
    const silent = [await rawSocket(broker), await rawSocket(broker)];
    const closed = Promise.all(silent.map((socket) => once(socket.resume(), "close")));
    const socket = await rawSocket(broker);
    socket.write(connectBytes("honest"));
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect([...answer]).toEqual([0x20, 2, 0, 0]);
    await closed;
    expect(refusals).toContain("connect did not arrive in time");
  });

  it("closes connections beyond its number", async () => {
    const broker = await open({ maxConnections: 1 });
    await client(broker);
    const extra = await rawSocket(broker);
    extra.resume();
    await once(extra, "close");
    expect(extra.destroyed).toBe(true);
  });

  it("drops a subscriber that does not read, and everybody else goes on (row 35)", async () => {
    expect(BROKER_LIMITS.drainTimeoutMs).toBeLessThanOrEqual(2000);
    const broker = await open({ drainTimeoutMs: 200 });
    const frozen = await rawSocket(broker);
    frozen.write(Buffer.concat([connectBytes("frozen"), subscribeToAll]));
    await once(frozen, "data");
    frozen.pause();
    const healthy = await client(broker);
    await healthy.subscribeAsync("#");
    const received = collect(healthy, "last");
    const payload = "x".repeat(200_000);
    for (let n = 0; n < 100; n += 1) await broker.publish({ topic: `big/${n % 4}`, payload });
    await broker.publish({ topic: "last", payload: "1" });
    expect(await received).toHaveLength(101);
    expect(refusals[0]).toBe("drain timeout");
  });

  it("goes on when a subscriber that does not read is dropped with ten thousands of messages waiting behind it", async () => {
    const broker = await open({ drainTimeoutMs: 500 });
    const frozen = await rawSocket(broker);
    for (const packet of [connectBytes("frozen"), subscribeToAll]) {
      frozen.write(packet);
      await once(frozen, "data");
    }
    frozen.pause();
    for (let n = 0; n < 120; n += 1) void broker.publish({ topic: "big", payload: "x".repeat(200_000) });
    const tiny = Buffer.from([0x30, 4, 0, 1, 0x61, 0x31]);
    for (let n = 0; n < 10; n += 1) {
      const publisher = await rawSocket(broker);
      publisher.write(connectBytes(`publisher-${n}`));
      await once(publisher, "data");
      publisher.write(Buffer.concat(Array.from({ length: 5000 }, () => tiny)));
    }
    await expect.poll(() => refusals, { timeout: 20_000 }).toContain("drain timeout");
    const back = await client(broker);
    await back.subscribeAsync("last");
    const received = collect(back, "last");
    await broker.publish({ topic: "last", payload: "1" });
    expect(await received).toEqual(["last"]);
  });

  it("queues for an absent client what fits, and goes on for the others", async () => {
    const broker = await open({ maxQueuedMessages: 3 });
    const options = { clientId: "absent", clean: false };
    const absent = await client(broker, options);
    await absent.subscribeAsync("news/#", { qos: 1 });
    await absent.endAsync();
    const publisher = await client(broker);
    for (let n = 1; n <= 10; n += 1) await publisher.publishAsync(`news/${n}`, String(n), { qos: 1 });
    const back = connect(`mqtt://127.0.0.1:${broker.port}`, { ...options, reconnectPeriod: 0 });
    closers.push(() => back.endAsync(true));
    const received = collect(back, "last");
    await event(back, "connect");
    await back.subscribeAsync("last");
    await publisher.publishAsync("news/after", "", { qos: 1 });
    await publisher.publishAsync("last", "");
    expect(await received).toEqual(["news/1", "news/2", "news/3", "news/after", "last"]);
  });
});
