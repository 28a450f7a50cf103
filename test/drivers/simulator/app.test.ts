import { PassThrough } from "node:stream";
import ModbusSerial from "modbus-serial";
import { expect, it } from "vitest";
import { runSimulator } from "#drivers/simulator/app.ts";
import { siteOfDay } from "#drivers/simulator/day-site.ts";
import { generateDay } from "#drivers/simulator/world/generate-day.ts";

const DAY = generateDay({
  id: "two-bays",
  seed: 3,
  site: {
    circuits: [{ id: "site", parent: null, limitA: { L1: 63, L2: 63, L3: 63 } }],
    stations: ["S1", "S2"].map((id) => ({
      id,
      circuit: "site",
      phases: ["L1", "L2", "L3"],
      minA: 6,
      maxA: 16,
      stepA: 1,
    })),
  },
  buildings: [{ circuit: "site", nightA: 20, dayA: 30, hasLiftAndKitchen: true }],
  occupancy: 1,
});

const record = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;

it("says where the devices of a day listen, answers commands line by line, and ends with its signal", async () => {
  const stop = new AbortController();
  const input = new PassThrough();
  const lines: unknown[] = [];
  let tell = (): void => undefined;
  const heard = (count: number): Promise<void> =>
    new Promise((resolve) => {
      tell = () => (lines.length >= count ? resolve() : undefined);
      tell();
    });
  const site = siteOfDay(DAY, 10 * 3_600_000);
  const print = (line: string): void => {
    lines.push(JSON.parse(line));
    tell();
  };
  const ended = runSimulator({ site, scale: 10, brokerUrl: null, signal: stop.signal, input, print });
  await heard(1);
  expect(lines[0]).toMatchObject({
    ready: true,
    tcp: { S1: expect.any(Number), S2: expect.any(Number), "meter-site": expect.any(Number) },
  });

  const client = new ModbusSerial.default();
  await client.connectTCP("127.0.0.1", { port: Number(record(record(lines[0], "tcp"), "meter-site")) });
  client.setID(1);
  client.setTimeout(1000);
  const current = await client.readHoldingRegisters(1325, 2);
  expect(current.buffer.readFloatBE(0)).toBeGreaterThan(15);
  await new Promise((resolve) => client.close(resolve));

  input.write('{"report":true}\n{"reboot":"S1","forMs":500}\n');
  await heard(3);
  expect(lines[1]).toMatchObject({ report: { sessions: [{ deliveredWh: 0 }, { deliveredWh: 0 }] } });
  expect(lines[2]).toEqual({ ok: true });
  stop.abort();
  await expect(ended).resolves.toBeUndefined();
});
