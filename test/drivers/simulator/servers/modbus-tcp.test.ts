import { createConnection } from "node:net";
import { once } from "node:events";
import ModbusSerial from "modbus-serial";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { type ModbusTcpServer, openModbusTcpServer } from "#drivers/simulator/servers/modbus-tcp.ts";
import { createStationBank } from "#drivers/simulator/servers/registers.ts";
import { createStationFace } from "#drivers/simulator/servers/station-face.ts";
import { EMPTY_TABLE } from "#drivers/simulator/world/building.ts";
import { createRandom } from "#drivers/simulator/world/random.ts";
import { advance, createWorld, reboot, setFaults, type World } from "#drivers/simulator/world/world.ts";
import { GRID, sessionAt, specAt } from "../world/fixtures.ts";

const profiles = loadProfiles();

let world: World;
let server: ModbusTcpServer;
let client: InstanceType<typeof ModbusSerial.default>;

const serve = async (profileId: string, unitId: number): Promise<void> => {
  const profile = profiles.stations.get(profileId);
  if (profile === undefined) throw new Error(`no profile ${profileId}`);
  const { fedBy, timeoutMs = 0 } = profile.watchdog;
  const watchdog = { fedBy, timeoutMs, failsafeA: 6, isArmedAtPowerOn: false };
  world = createWorld(
    { circuits: [GRID], evses: [specAt("bay", { watchdog })] },
    [sessionAt("bay/1", { phases: 2 })],
    EMPTY_TABLE,
  );
  const face = createStationFace(profile, world, "bay");
  server = await openModbusTcpServer({
    bank: createStationBank(face, unitId),
    device: face.station,
    world,
    random: createRandom(1),
  });
  client = new ModbusSerial.default();
  await client.connectTCP("127.0.0.1", { port: server.port });
  client.setID(unitId);
  client.setTimeout(200);
};

const closeAll = async (): Promise<void> => {
  await new Promise((resolve) => client.close(resolve));
  await server.close();
};

describe("a simulated KEBA over Modbus TCP", () => {
  beforeEach(() => serve("keba-p30", 255));
  afterEach(closeAll);

  it("offers what is written in mA and shows the current of each terminal", async () => {
    await client.writeRegister(5004, 13_500);
    advance(world, 1000);
    const registers = await Promise.all(
      [1008, 1010, 1012, 1100].map(async (address) => (await client.readHoldingRegisters(address, 2)).data),
    );
    expect(registers).toEqual([
      [0, 13_500],
      [0, 13_500],
      [0, 0],
      [0, 13_500],
    ]);
  });

  it("shows state 3 only while the vehicle draws", async () => {
    expect((await client.readHoldingRegisters(1000, 2)).data).not.toEqual([0, 3]);
    await client.writeRegister(5004, 16_000);
    advance(world, 1000);
    expect((await client.readHoldingRegisters(1000, 2)).data).toEqual([0, 3]);
  });

  it("pauses by its enable register and resumes", async () => {
    await client.writeRegister(5004, 16_000);
    await client.writeRegister(5014, 0);
    advance(world, 1000);
    expect(world.evses[0]?.car?.drawnA).toBe(0);
    await client.writeRegister(5014, 1);
    advance(world, 2000);
    expect(world.evses[0]?.car?.drawnA).toBe(16);
  });

  it("arms its failsafe and falls to it once the requests stop", async () => {
    await client.writeRegister(5004, 16_000);
    await client.writeRegister(5016, 8000);
    await client.writeRegister(5018, 30);
    expect((await client.readHoldingRegisters(1602, 2)).data).toEqual([0, 30]);
    advance(world, 31_000);
    expect(world.evses[0]?.car?.drawnA).toBe(8);
  });

  it("answers an unknown address with exception 2, a long read with 3, another function code with 1", async () => {
    await expect(client.readHoldingRegisters(4711, 1)).rejects.toMatchObject({ modbusCode: 2 });
    await expect(client.readHoldingRegisters(1000, 4)).rejects.toMatchObject({ modbusCode: 3 });
    await expect(client.writeRegisters(5004, [6000])).rejects.toMatchObject({ modbusCode: 1 });
    await expect(client.readHoldingRegisters(5004, 1)).rejects.toMatchObject({ modbusCode: 2 });
  });

  it("says nothing while it is silent, boots, or is spoken to as another unit", async () => {
    setFaults(world, "bay", { silence: true });
    await expect(client.readHoldingRegisters(1000, 2)).rejects.toThrow("Timed out");
    setFaults(world, "bay", { silence: false });
    reboot(world, "bay", 5000);
    await expect(client.readHoldingRegisters(1000, 2)).rejects.toThrow("Timed out");
    advance(world, 6000);
    client.setID(7);
    await expect(client.readHoldingRegisters(1000, 2)).rejects.toThrow("Timed out");
    client.setID(255);
    await expect(client.readHoldingRegisters(1000, 2)).resolves.toHaveProperty("data");
  });

  it("loses every answer when all are lost, yet does what it was told", async () => {
    setFaults(world, "bay", { lostFraction: 1 });
    await expect(client.writeRegister(5004, 10_000)).rejects.toThrow("Timed out");
    expect(world.evses[0]?.setA).toBe(10);
  });

  it("repeats its last readings while it is frozen", async () => {
    await client.writeRegister(5004, 16_000);
    advance(world, 1000);
    await client.readHoldingRegisters(1008, 2);
    setFaults(world, "bay", { frozen: true });
    await client.writeRegister(5004, 8000);
    advance(world, 2000);
    expect((await client.readHoldingRegisters(1008, 2)).data).toEqual([0, 16_000]);
  });

  it("takes requests that come in pieces and several in one piece", async () => {
    const request = Buffer.from([0, 1, 0, 0, 0, 6, 255, 3, 3, 0xe8, 0, 2]);
    const socket = createConnection(server.port, "127.0.0.1");
    await once(socket, "connect");
    const answers = new Promise<Buffer>((resolve) => {
      let bytes = Buffer.alloc(0);
      socket.on("data", (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        if (bytes.length >= 26) resolve(bytes);
      });
    });
    socket.write(request.subarray(0, 5));
    socket.write(Buffer.concat([request.subarray(5), request]));
    expect((await answers).length).toBe(26);
    socket.destroy();
  });
});

describe("a simulated Alfen over Modbus TCP", () => {
  beforeEach(() => serve("alfen-eve-ng9xx", 1));
  afterEach(closeAll);

  it("speaks floats and letters", async () => {
    const setpoint = Buffer.alloc(4);
    setpoint.writeFloatBE(12.5);
    await client.writeRegisters(1210, [setpoint.readUInt16BE(0), setpoint.readUInt16BE(2)]);
    advance(world, 1000);
    const current = await client.readHoldingRegisters(320, 2);
    const state = await client.readHoldingRegisters(1201, 5);
    expect(current.buffer.readFloatBE(0)).toBe(12.5);
    expect(state.buffer.toString("latin1")).toMatch(/^C[12]\0/);
  });

  it("answers noise of the same length when it is told to", async () => {
    setFaults(world, "bay", { garbage: true });
    const socket = createConnection(server.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(Buffer.from([0, 1, 0, 0, 0, 6, 1, 3, 1, 0x40, 0, 2]));
    const [answer]: Buffer[] = await once(socket, "data");
    expect(answer?.length).toBe(13);
    expect(answer?.subarray(0, 7)).not.toEqual(Buffer.from([0, 1, 0, 0, 0, 7, 1]));
    socket.destroy();
  });
});
