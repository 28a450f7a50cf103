import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { type ModbusTcpServer, openModbusTcpServer } from "#drivers/simulator/servers/modbus-tcp.ts";
import { meterValues } from "#drivers/simulator/servers/meter-face.ts";
import { createSensorBank, createStationBank } from "#drivers/simulator/servers/registers.ts";
import { createStationFace } from "#drivers/simulator/servers/station-face.ts";
import { EMPTY_TABLE } from "#drivers/simulator/world/building.ts";
import { createRandom } from "#drivers/simulator/world/random.ts";
import { createStation } from "#drivers/simulator/world/station.ts";
import { advance, createWorld, order, type World } from "#drivers/simulator/world/world.ts";
import { GRID, sessionAt, specAt } from "../drivers/simulator/world/fixtures.ts";
import { describeWithPeer } from "../support/peers.ts";

const run = promisify(execFile);
const profiles = loadProfiles();

/** A two-phase car that draws 13.5 A at a KEBA. */
const chargingWorld = (): World => {
  const world = createWorld(
    { circuits: [GRID], evses: [specAt("bay")] },
    [sessionAt("bay/1", { phases: 2 })],
    EMPTY_TABLE,
  );
  for (const evse of world.evses) order(world, evse, { setA: 13.5 });
  advance(world, 1000);
  return world;
};

const serveStation = (world: World): Promise<ModbusTcpServer> => {
  const profile = profiles.stations.get("keba-p30");
  if (profile === undefined) throw new Error("no profile");
  const face = createStationFace(profile, world, "bay");
  return openModbusTcpServer({
    bank: createStationBank(face, 255),
    device: face.station,
    world,
    random: createRandom(1),
  });
};

const serveMeter = (world: World): Promise<ModbusTcpServer> => {
  const profile = profiles.meters.get("janitza-umg604");
  if (profile === undefined) throw new Error("no profile");
  const device = createStation("meter");
  const face = { profile, world, circuit: "grid", measures: "all" } as const;
  const bank = createSensorBank({ profile, world, device, values: () => meterValues(face) }, 1);
  return openModbusTcpServer({ bank, device, world, random: createRandom(1) });
};

describeWithPeer("mbpoll", "mbpoll at the simulator", (mbpoll) => {
  let world: World;
  let station: ModbusTcpServer;
  let meter: ModbusTcpServer;

  beforeEach(async () => {
    world = chargingWorld();
    station = await serveStation(world);
    meter = await serveMeter(world);
  });

  afterEach(async () => {
    await station.close();
    await meter.close();
  });

  /** With addresses from 0 as on the wire, once. */
  const ask = async ({ port }: ModbusTcpServer, ...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(mbpoll, ["-m", "tcp", "-0", "-1", "-p", String(port), ...args]);
    return stdout;
  };

  /** The value of each register it prints as `[address]: <tab>value`. */
  const read = async (server: ModbusTcpServer, ...args: readonly string[]): Promise<readonly string[]> => {
    const printed = await ask(server, "-B", ...args, "127.0.0.1");
    return [...printed.matchAll(/^\[\d+\]:\s*(\S+)/gm)].map(([, value = ""]) => value);
  };

  it("reads the current of a KEBA in mA", async () => {
    expect(await read(station, "-a", "255", "-t", "4:int", "-r", "1008", "-c", "1")).toEqual(["13500"]);
    expect(await read(station, "-a", "255", "-t", "4:int", "-r", "1012", "-c", "1")).toEqual(["0"]);
  });

  it("reads the currents of a Janitza, which ripple, as floats", async () => {
    const currentsA = (await read(meter, "-a", "1", "-t", "4:float", "-r", "1325", "-c", "3")).map(Number);
    expect(currentsA.map((currentA) => currentA.toFixed(1))).toEqual(["13.5", "13.5", "0.0"]);
  });

  it("sets the current of a KEBA", async () => {
    await ask(station, "-a", "255", "-t", "4", "-r", "5004", "127.0.0.1", "9000");
    expect(world.evses[0]?.setA).toBe(9);
    expect(await read(station, "-a", "255", "-t", "4:int", "-r", "1100", "-c", "1")).toEqual(["9000"]);
  });

  it("is refused what a KEBA does not have", async () => {
    await expect(read(station, "-a", "255", "-t", "4", "-r", "4711", "-c", "1")).rejects.toThrow(
      "Illegal data address",
    );
  });
});
