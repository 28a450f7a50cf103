import ModbusSerial from "modbus-serial";
import { expect, it } from "vitest";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { crc16, rtuFrame, serveSerialLine } from "#drivers/simulator/servers/modbus-rtu.ts";
import { createStationBank } from "#drivers/simulator/servers/registers.ts";
import { openSerialLine, type SerialLine } from "#drivers/simulator/servers/serial-line.ts";
import { createStationFace } from "#drivers/simulator/servers/station-face.ts";
import type { WireDevice } from "#drivers/simulator/servers/wire.ts";
import { EMPTY_TABLE } from "#drivers/simulator/world/building.ts";
import { createRandom } from "#drivers/simulator/world/random.ts";
import { advance, createWorld, setFaults, type World } from "#drivers/simulator/world/world.ts";
import { describeWithPeer } from "#test/support/peers.ts";
import { GRID, sessionAt, specAt } from "../world/fixtures.ts";

const createYard = (): World =>
  createWorld(
    { circuits: [GRID], evses: [specAt("a", { maxA: 16 }), specAt("b", { maxA: 16 })] },
    [sessionAt("a/1"), sessionAt("b/1")],
    EMPTY_TABLE,
  );

const deviceOf = (world: World, station: string, unitId: number): WireDevice => {
  const profile = loadProfiles().stations.get("heidelberg-energy-control");
  if (profile === undefined) throw new Error("no profile");
  const face = createStationFace(profile, world, station);
  return { bank: createStationBank(face, unitId), device: face.station, world, random: createRandom(1) };
};

it("computes the CRC of the Modbus specification's example", () => {
  expect(crc16(Buffer.from([0x02, 0x07]))).toBe(0x1241);
});

it("finds a request behind noise on the line, and answers no broken one", () => {
  const world = createYard();
  const written: Buffer[] = [];
  const listeners: ((bytes: Buffer) => void)[] = [];
  const line: SerialLine = {
    path: "",
    onData: (listener) => void listeners.push(listener),
    write: (bytes) => void written.push(bytes),
    close: () => Promise.resolve(),
  };
  serveSerialLine(line, [deviceOf(world, "a", 1)]);
  const request = rtuFrame(1, Buffer.from([4, 0, 5, 0, 1]));
  const broken = Buffer.from(request);
  broken[3] = 9;
  for (const bytes of [broken, Buffer.from([0x55, 1, 2]), request.subarray(0, 3), request.subarray(3)])
    for (const hear of listeners) hear(bytes);
  expect(written.map((bytes) => bytes.length)).toEqual([7]);
});

describeWithPeer("script", "a simulated serial line", () => {
  it("carries several stations, told apart by their unit ids", async () => {
    const world = createYard();
    const line = await openSerialLine();
    serveSerialLine(line, [deviceOf(world, "a", 1), deviceOf(world, "b", 2)]);
    const client = new ModbusSerial.default();
    try {
      await client.connectRTUBuffered(line.path, { baudRate: 19_200, parity: "even" });
      client.setTimeout(1000);
      client.setID(1);
      await client.writeRegister(261, 100);
      client.setID(2);
      await client.writeRegister(261, 160);
      advance(world, 1000);
      expect((await client.readInputRegisters(5, 4)).data.slice(1)).toEqual([160, 160, 160]);
      client.setID(1);
      expect((await client.readInputRegisters(5, 4)).data.slice(1)).toEqual([100, 100, 100]);
      setFaults(world, "a", { silence: true });
      client.setTimeout(200);
      await expect(client.readInputRegisters(5, 1)).rejects.toThrow("Timed out");
    } finally {
      await new Promise((resolve) => client.close(resolve));
      await line.close();
    }
  });
});
