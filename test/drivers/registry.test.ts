import { evse as anEvse } from "#test/controller/support/parts.ts";
import { createServer, type AddressInfo } from "node:net";
import { Aedes } from "aedes";
import { afterEach, describe, expect, it } from "vitest";
import type { MeterReading } from "#controller/model/reading.ts";
import type { Station } from "#controller/model/site.ts";
import type { DeviceConfig } from "#drivers/device-config.ts";
import type { MeterProfile, StationProfile } from "#drivers/profiles/schema.ts";
import { openDrivers, type Drivers } from "#drivers/registry.ts";
import { createManualClock } from "#test/support/manual-clock.ts";
import {
  addressAnswer,
  rtuFrame,
  rtuRequest,
  startBareServer,
  tcpFrame,
  tcpRequest,
} from "#test/support/modbus-frames.ts";
import { openSerialLine } from "#test/support/pty.ts";

const head = { name: "Test", models: [], source: "made for this test", verified: "simulator" } as const;

/** Its registers hold their own addresses: 100, 101 and 102 A on the phases. */
const meterProfile: MeterProfile = {
  ...head,
  models: [],
  kind: "meter",
  id: "test-meter",
  transports: {
    "modbus-tcp": { port: 502, unitId: 1 },
    "modbus-rtu": { baudRate: 115_200, framing: "8N1", unitId: 1 },
  },
  points: {
    i1: { table: "input", address: 100, type: "uint16" },
    i2: { table: "input", address: 101, type: "uint16" },
    i3: { table: "input", address: 102, type: "uint16" },
  },
  reading: { currentA: ["i1", "i2", "i3"], currentSign: "signed" },
  intervalMs: 1000,
};

const mqttMeter: MeterProfile = {
  ...meterProfile,
  id: "mqtt-meter",
  transports: { mqtt: { prefix: "unset" } },
  points: {
    i1: { topic: "{prefix}/em", path: ["a"] },
    i2: { topic: "{prefix}/em", path: ["b"] },
    i3: { topic: "{prefix}/em", path: ["c"] },
  },
};

const stationProfile: StationProfile = {
  ...head,
  models: [],
  kind: "station",
  id: "test-box",
  transports: { "modbus-tcp": { port: 502, unitId: 7 } },
  points: { state: { table: "holding", address: 3, type: "uint16" } },
  maxEvses: 1,
  reading: { state: [{ when: { state: [3] }, is: "B" }] },
  control: {
    minA: 6,
    maxA: 32,
    stepA: 1,
    setCurrent: [{ point: "state", value: "amps" }],
    pause: [{ point: "state", value: 0 }],
    reactionMs: 10_000,
    powerOnA: "max",
  },
  watchdog: { fedBy: "none" },
};

const station: Station = {
  id: "bay",
  name: "Bay",
  profile: "test-box",
  watchdogMs: null,
  reactionMs: 1,
  measuresCurrent: false,
};
const evse = anEvse("bay", { phases: ["L1"], priority: 1, failsafeA: null, powerOnA: 32 });
const meter = { id: "main", measures: "all", circuit: "grid", intervalMs: 1000 } as const;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const open = (devices: { station?: DeviceConfig; meter?: DeviceConfig }): Drivers => {
  const drivers = openDrivers({
    stations: devices.station === undefined ? [] : [{ station, evses: [evse], device: devices.station }],
    meters: devices.meter === undefined ? [] : [{ meter, device: devices.meter }],
    inverters: [],
    profiles: {
      stations: new Map([["test-box", stationProfile]]),
      meters: new Map([
        ["test-meter", meterProfile],
        ["mqtt-meter", mqttMeter],
      ]),
      inverters: new Map(),
    },
    clock: createManualClock(),
  });
  closing.push(() => drivers.close());
  return drivers;
};

describe("a site's devices", () => {
  it("over Modbus TCP share the connection of their host and keep their unit ids", async () => {
    const units: number[] = [];
    const server = await startBareServer((frame, socket) => {
      const request = tcpRequest(frame);
      units.push(request.unitId);
      socket.write(tcpFrame(request.transaction, addressAnswer(request)));
    });
    closing.push(() => server.close());
    const host = { transport: "modbus-tcp", host: "127.0.0.1", port: server.port } as const;
    const drivers = open({
      station: { ...host, profile: "test-box" },
      meter: { ...host, profile: "test-meter", unitId: 9 },
    });
    expect(await drivers.meters.get("main")?.poll()).toMatchObject({ value: { currentA: [100, 101, 102] } });
    expect(await drivers.stations.get("bay")?.poll()).toMatchObject({ value: [{ evse: "bay/1", state: "B" }] });
    expect(units).toEqual([9, 7]);
    expect(server.connections()).toBe(1);
  });

  it("are reached on a serial line", async () => {
    const line = await openSerialLine();
    closing.push(() => line.close());
    line.onData((frame) => line.send(rtuFrame(addressAnswer(rtuRequest(frame)))));
    const drivers = open({ meter: { profile: "test-meter", transport: "modbus-rtu", path: line.path } });
    expect(await drivers.meters.get("main")?.poll()).toMatchObject({ value: { currentA: [100, 101, 102] } });
  });

  it("are heard through a broker", async () => {
    const broker = await Aedes.createBroker();
    const server = createServer(broker.handle);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(
      () => new Promise((resolve) => server.close(resolve)),
      () => new Promise<void>((resolve) => broker.close(() => resolve())),
    );
    const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const subscribed = new Promise((resolve) => broker.once("subscribe", resolve));
    const drivers = open({ meter: { profile: "mqtt-meter", transport: "mqtt", url, topicPrefix: "hall" } });
    const sample = new Promise<MeterReading>((resolve) => drivers.meters.get("main")?.onSample(resolve));
    await subscribed;
    const payload = JSON.stringify({ a: 5, b: 6, c: 7.5 });
    broker.publish({ cmd: "publish", topic: "hall/em", payload, retain: false, qos: 0, dup: false }, () => undefined);
    expect((await sample).currentA).toEqual([5, 6, 7.5]);
    expect(await drivers.meters.get("main")?.poll()).toMatchObject({ value: { currentA: [5, 6, 7.5] } });
  });

  it("are not opened with a profile that does not exist or does not offer the transport", () => {
    const tcp = { transport: "modbus-tcp", host: "127.0.0.1" } as const;
    expect(() => open({ meter: { ...tcp, profile: "test-box" } })).toThrow("test-box");
    expect(() => open({ meter: { ...tcp, profile: "mqtt-meter" } })).toThrow("modbus-tcp");
  });
});
