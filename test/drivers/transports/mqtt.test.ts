import { createServer, type AddressInfo, type Server } from "node:net";
import { Aedes } from "aedes";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMqttPool, type MqttPort } from "#drivers/transports/mqtt.ts";
import { createManualClock, type ManualClock } from "#test/support/manual-clock.ts";

let broker: Aedes;
let server: Server;
let url: string;
let clock: ManualClock;
let port: MqttPort;

beforeEach(async () => {
  broker = await Aedes.createBroker();
  server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  clock = createManualClock();
});

afterEach(async () => {
  await port.close();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  await new Promise((resolve) => server.close(resolve));
});

const send = (topic: string, payload: string, retain = false): Promise<void> =>
  new Promise((resolve) =>
    broker.publish({ cmd: "publish", topic, payload, retain, qos: 0, dup: false }, () => resolve()),
  );
const subscribed = (topic: string): Promise<void> =>
  new Promise((resolve) => {
    broker.on("subscribe", (subscriptions) => {
      if (subscriptions.some((one) => one.topic === topic)) resolve();
    });
  });
const connected = (): Promise<void> => new Promise((resolve) => broker.once("clientReady", () => resolve()));

describe("a device behind a broker", () => {
  it("has the time of arrival on what it sends", async () => {
    port = createMqttPool(clock).join({ url }, "bay");
    const heard = new Promise<void>((resolve) => port.follow("bay/car", resolve));
    await subscribed("bay/car");
    clock.advance(500);
    await send("bay/car", "2");
    await heard;
    expect(port.newest("bay/car")).toEqual({ payload: "2", arrivedAt: clock.now() });
    expect(port.newest("bay/nrg")).toBeNull();
  });

  it("has no time on what the broker had kept, and it wakes nobody", async () => {
    await send("bay/car", "1", true);
    port = createMqttPool(clock).join({ url }, "bay");
    const heard: string[] = [];
    port.follow("bay/car", () => heard.push("car"));
    const second = new Promise<void>((resolve) => port.follow("bay/other", resolve));
    await subscribed("bay/other");
    await send("bay/other", "x");
    await second;
    expect(port.newest("bay/car")).toEqual({ payload: "1", arrivedAt: null });
    expect(heard).toEqual([]);
  });

  it("shares one client with the other devices of its broker, which outlives it", async () => {
    let clients = 0;
    broker.on("client", () => {
      clients += 1;
    });
    const pool = createMqttPool(clock);
    const other = pool.join({ url }, "other");
    const ready = connected();
    port = pool.join({ url }, "bay");
    await ready;
    await other.close();
    await settledConnection();
    expect(await port.publish("bay/amp/set", "6", false)).toEqual({ ok: true, value: null });
    expect(clients).toBe(1);
  });

  it("gets commands once the broker has them", async () => {
    port = createMqttPool(clock).join({ url }, "bay");
    await connected();
    await settledConnection();
    const received = new Promise<string>((resolve) => {
      broker.on("publish", (packet) => {
        if (packet.topic === "bay/amp/set") resolve(packet.payload.toString());
      });
    });
    expect(await port.publish("bay/amp/set", "16", false)).toEqual({ ok: true, value: null });
    expect(await received).toBe("16");
  });

  it("is unreachable without the broker, comes back with it, and never gets an old command", async () => {
    port = createMqttPool(clock).join({ url }, "bay");
    await connected();
    await settledConnection();
    const received: string[] = [];
    broker.on("publish", (packet) => {
      if (packet.topic === "bay/amp/set") received.push(packet.payload.toString());
    });
    const again = connected();
    for (const client of Object.values(clientsOf(broker))) client.close();
    while (port.connectionProblem() === null) await new Promise((resolve) => setImmediate(resolve));
    expect(await port.publish("bay/amp/set", "32", false)).toMatchObject({ fault: { code: "unreachable" } });
    await again;
    await settledConnection();
    expect(await port.publish("bay/amp/set", "6", false)).toEqual({ ok: true, value: null });
    expect(received).toEqual(["6"]);
  });

  it("is unreachable while there is no broker at all", async () => {
    port = createMqttPool(clock).join({ url: "mqtt://127.0.0.1:1" }, "bay");
    const broker1 = "no connection to the MQTT broker mqtt://127.0.0.1:1";
    expect(port.connectionProblem()).toContain(broker1);
    expect(await port.publish("bay/amp/set", "6", false)).toMatchObject({
      fault: { code: "unreachable", subject: "bay", detail: expect.stringContaining(broker1) },
    });
    while (port.connectionProblem() === broker1) await new Promise((resolve) => setImmediate(resolve));
    expect(port.connectionProblem()).toContain(`${broker1}: nothing listens on that port there`);
  });
});

/** The broker knows of a connection before the client does. */
const settledConnection = async (): Promise<void> => {
  while (port.connectionProblem() !== null) await new Promise((resolve) => setImmediate(resolve));
};

const clientsOf = (aedes: Aedes): Record<string, { close(): void }> => Reflect.get(aedes, "clients");
