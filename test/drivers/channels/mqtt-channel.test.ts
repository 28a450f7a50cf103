import { beforeEach, describe, expect, it } from "vitest";
import { ok } from "#controller/model/result.ts";
import { createMqttChannel, extractValue } from "#drivers/channels/mqtt-channel.ts";
import type { PointChannel } from "#drivers/channels/point-channel.ts";
import type { MqttPoint } from "#drivers/profiles/schema.ts";
import type { MqttMessage, MqttPort } from "#drivers/transports/mqtt.ts";
import { createManualClock, type ManualClock } from "#test/support/manual-clock.ts";

let clock: ManualClock;
let messages: Map<string, MqttMessage>;
let published: string[];
let isConnected: boolean;
let channel: PointChannel;
const listeners = new Map<string, () => void>();

const port: MqttPort = {
  connectionProblem: () => (isConnected ? null : "no connection to the MQTT broker"),
  follow: (topic, listener) => void listeners.set(topic, listener),
  newest: (topic) => messages.get(topic) ?? null,
  publish: async (topic, payload, isRetained) => {
    published.push(`${topic} ${payload}${isRetained ? " retained" : ""}`);
    return ok(null);
  },
  close: () => Promise.resolve(),
};

const points = new Map<string, MqttPoint>([
  ["state", { topic: "{prefix}/lp/{evse}/state" }],
  ["i1", { topic: "{prefix}/lp/{evse}/nrg", path: [0] }],
  ["i2", { topic: "{prefix}/lp/{evse}/amps2" }],
  ["current", { topic: "{prefix}/lp/{evse}/set", isCommand: true, payload: '{"mA":{value}}', scale: 0.001 }],
  ["beat", { topic: "{prefix}/beat", isCommand: true, isRetained: true }],
]);

const arrive = (topic: string, payload: string): void => {
  messages.set(topic, { payload, arrivedAt: clock.now() });
  listeners.get(topic)?.();
};

beforeEach(() => {
  clock = createManualClock();
  messages = new Map();
  published = [];
  isConnected = true;
  listeners.clear();
  const options = { subject: "bay", points, prefix: "box/7", silentAfterMs: 30_000, port, clock };
  channel = createMqttChannel({ ...options, evses: [1] });
});

describe("the value in a payload", () => {
  it.each<[MqttPoint, string, unknown]>([
    [{ topic: "t" }, "16", 16],
    [{ topic: "t" }, "16.5", 16.5],
    [{ topic: "t" }, "true", 1],
    [{ topic: "t" }, '"16"', 16],
    [{ topic: "t" }, "Charging", "Charging"],
    [{ topic: "t", scale: 0.001 }, "16100", 16.1],
    [{ topic: "t", path: ["a", 1] }, '{"a":[1,2]}', 2],
    [{ topic: "t", path: ["a", 1] }, '{"a":[1]}', null],
    [{ topic: "t", path: ["a"] }, "16", null],
    [{ topic: "t" }, "null", null],
    [{ topic: "t" }, "[1]", null],
    [{ topic: "t" }, "1e999", null],
  ])("at %o in %s is %o", (point, payload, value) => {
    expect(extractValue(point, payload)).toBe(value);
  });
});

describe("a station that pushes", () => {
  it("is as old as its newest message", async () => {
    arrive("box/7/lp/1/state", "2");
    clock.advance(4000);
    arrive("box/7/lp/1/nrg", "[16]");
    clock.advance(1000);
    const result = await channel.reader(["state", "i1"])();
    const sample = result.ok ? result.value.get(1) : undefined;
    expect(sample?.sampledAt).toBe(clock.now() - 1000);
    expect(sample?.values).toEqual(
      new Map([
        ["state", 2],
        ["i1", 16],
      ]),
    );
  });

  it("has not answered while all we have is what the broker had kept", async () => {
    messages.set("box/7/lp/1/state", { payload: "2", arrivedAt: null });
    expect(channel.silence()).toMatchObject({ code: "timeout", detail: "no message under the topic box/7" });
    expect(await channel.reader(["state"])()).toMatchObject({ ok: false, fault: { code: "timeout" } });
  });

  it("has its kept values marked when it does answer", async () => {
    messages.set("box/7/lp/1/state", { payload: "2", arrivedAt: null });
    arrive("box/7/lp/1/nrg", "[16]");
    const result = await channel.reader(["state", "i1"])();
    expect(result.ok && result.value.get(1)?.values.get("state")).toBe(2);
    expect(result.ok && result.value.get(1)?.undated).toEqual(new Set(["state"]));
  });

  it("fails once it has said nothing for too long, and when the broker is gone", async () => {
    arrive("box/7/lp/1/state", "2");
    clock.advance(30_000);
    expect(await channel.reader(["state"])()).toMatchObject({ ok: true });
    clock.advance(1);
    expect(await channel.reader(["state"])()).toMatchObject({ ok: false, fault: { code: "timeout" } });
    arrive("box/7/lp/1/state", "2");
    expect(channel.silence()).toBeNull();
    isConnected = false;
    expect(await channel.reader(["state"])()).toMatchObject({ ok: false, fault: { code: "unreachable" } });
    expect(channel.silence()).toMatchObject({ code: "unreachable", detail: "no connection to the MQTT broker" });
  });

  it("dates a sample by the oldest value where the reader says which ones count", async () => {
    arrive("box/7/lp/1/nrg", "[16]");
    const first = clock.now();
    clock.advance(700);
    const read = channel.reader(["i1", "i2"], ["i1", "i2"]);
    expect(await read()).toMatchObject({ ok: false });
    arrive("box/7/lp/1/amps2", "9");
    const result = await read();
    expect(result.ok && result.value.get(1)?.sampledAt).toBe(first);
  });

  it("calls back when a value arrives", () => {
    let calls = 0;
    channel.onPush(() => {
      calls += 1;
    });
    arrive("box/7/lp/1/state", "2");
    expect(calls).toBe(1);
  });

  it("is commanded in its own words", async () => {
    await channel.write({ evse: 1, point: "current", value: 16.1 });
    await channel.write({ evse: 1, point: "beat", value: 1 });
    expect(published).toEqual(['box/7/lp/1/set {"mA":16100}', "box/7/beat 1 retained"]);
    expect(await channel.write({ evse: 1, point: "state", value: 1 })).toMatchObject({ fault: { code: "refused" } });
  });
});
