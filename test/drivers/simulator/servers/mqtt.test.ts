import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { Aedes } from "aedes";
import { connectAsync } from "mqtt";
import { expect, it } from "vitest";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { openMqttStation } from "#drivers/simulator/servers/mqtt.ts";
import { commandValue, statePayloads } from "#drivers/simulator/servers/mqtt-topics.ts";
import { createStationFace } from "#drivers/simulator/servers/station-face.ts";
import { EMPTY_TABLE } from "#drivers/simulator/world/building.ts";
import { advance, createWorld } from "#drivers/simulator/world/world.ts";
import { GRID, sessionAt, specAt } from "../world/fixtures.ts";

const profileOf = (id: string) => {
  const profile = loadProfiles().stations.get(id);
  if (profile === undefined) throw new Error(`no profile ${id}`);
  return profile;
};

it("puts points that share a topic into one document", () => {
  const values = new Map([
    ["currentL1", 6.5],
    ["currentL2", 7],
    ["currentL3", 8],
    ["power", 4945],
  ]);
  expect(statePayloads(profileOf("go-e-charger-mqtt"), "go-eCharger/1", 1, values).get("go-eCharger/1/nrg")).toBe(
    "[0,0,0,0,6.5,7,8,0,0,0,0,4945]",
  );
});

it("writes values in the profile's own unit", () => {
  const values = new Map([["energy", 12_345]]);
  expect(statePayloads(profileOf("openwb-1-mqtt"), "openWB", 2, values).get("openWB/lp/2/kWhCounter")).toBe("12.345");
});

it("reads a command out of its payload's template", () => {
  expect(commandValue({ topic: "t", payload: '{"amp":{value}}' }, '{"amp":13}')).toBe(13);
  expect(commandValue({ topic: "t", payload: '{"amp":{value}}' }, "13")).toBeNull();
  expect(commandValue({ topic: "t" }, "true")).toBe(1);
});

it("publishes its state, obeys its commands and says by its last will that it is gone", async () => {
  const broker = await Aedes.createBroker();
  const accepted: Socket[] = [];
  const sockets = createServer((socket) => {
    accepted.push(socket);
    broker.handle(socket);
  }).listen(0, "127.0.0.1");
  await once(sockets, "listening");
  const address = sockets.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const brokerUrl = `mqtt://127.0.0.1:${address.port}`;
  const dropStation = (): void => {
    for (const socket of accepted.slice(1)) socket.destroy();
  };
  const world = createWorld({ circuits: [GRID], evses: [specAt("bay")] }, [sessionAt("bay/1")], EMPTY_TABLE);
  const observer = await connectAsync(brokerUrl);
  const heard = new Map<string, (payload: string) => boolean>();
  const waiters = new Map<string, () => void>();
  observer.on("message", (topic, payload) => {
    if (heard.get(topic)?.(payload.toString()) === true) waiters.get(topic)?.();
  });
  const hears = (topic: string, test: (payload: string) => boolean): Promise<void> =>
    new Promise((resolve) => {
      heard.set(topic, test);
      waiters.set(topic, resolve);
    });
  await observer.subscribeAsync("go/#");
  const isOnline = hears("go/online", (payload) => payload === "1");
  const station = openMqttStation({
    face: createStationFace(profileOf("go-e-charger-mqtt"), world, "bay"),
    brokerUrl,
    prefix: "go",
    everyMs: 20,
  });
  try {
    await isOnline;
    await hears("go/car", (payload) => payload !== "2");
    observer.publish("go/amp/set", "11");
    observer.publish("go/frc/set", "2");
    await hears("go/acu", (payload) => payload === "11");
    advance(world, 1000);
    await hears("go/car", (payload) => payload === "2");
    const isGone = hears("go/online", (payload) => payload === "0");
    dropStation();
    await expect(isGone).resolves.toBeUndefined();
    expect(world.evses[0]?.setA).toBe(11);
  } finally {
    await station.close();
    await observer.endAsync(true);
    broker.close();
    sockets.close();
  }
});
