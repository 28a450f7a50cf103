import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createModbusPool, type ModbusPort } from "#drivers/transports/modbus.ts";
import { createManualClock, type ManualClock } from "#test/support/manual-clock.ts";
import { addressAnswer, rtuFrame, rtuRequest, type DeviceRequest } from "#test/support/modbus-frames.ts";
import { openSerialLine, type SerialPeer } from "#test/support/pty.ts";

const TIMEOUT_MS = 100;
const METER = 1;
const STATION = 2;

let line: SerialPeer;
let clock: ManualClock;
let meter: ModbusPort;
let station: ModbusPort;
let behave: (request: DeviceRequest) => void;
let asked: number[];

const answer = (request: DeviceRequest): void => line.send(rtuFrame(addressAnswer(request)));

beforeEach(async () => {
  line = await openSerialLine();
  clock = createManualClock();
  asked = [];
  behave = answer;
  line.onData((frame) => {
    const request = rtuRequest(frame);
    asked.push(request.unitId);
    behave(request);
  });
  const pool = createModbusPool(clock);
  const serial = { path: line.path, baudRate: 115_200, framing: "8N1" } as const;
  meter = pool.overRtu(serial, { subject: "main", role: "meter", timeoutMs: TIMEOUT_MS, delayMs: 0 });
  station = pool.overRtu(serial, { subject: "bay", role: "station", timeoutMs: TIMEOUT_MS, delayMs: 0 });
});

afterEach(async () => {
  await Promise.all([meter.close(), station.close()]);
  await line.close();
});

describe("a Modbus RTU bus", () => {
  it("is shared by devices, one request at a time", async () => {
    let waiting = 0;
    behave = (request) => {
      waiting += 1;
      expect(waiting).toBe(1);
      setTimeout(() => {
        waiting -= 1;
        answer(request);
      }, 5);
    };
    const results = await Promise.all([
      meter.read(METER, "holding", 10, 2),
      station.read(STATION, "input", 20, 1),
      meter.read(METER, "holding", 30, 1),
    ]);
    expect(results.map((result) => (result.ok ? result.value : null))).toEqual([[10, 11], [20], [30]]);
  });

  it("never gives a late answer to another request", async () => {
    let count = 0;
    behave = (request) => {
      count += 1;
      if (count % 20 === 0) setTimeout(() => answer(request), 1.2 * TIMEOUT_MS);
      else answer(request);
    };
    const faults: string[] = [];
    const wrong: (readonly number[])[] = [];
    for (let i = 0; i < 300; i += 1) {
      const address = (i * 37) % 1000;
      const result = await meter.read(METER, "holding", address, 1);
      if (!result.ok) faults.push(result.fault.code);
      else if (result.value[0] !== address) wrong.push([address, ...result.value]);
      clock.advance(2000);
    }
    expect(wrong).toEqual([]);
    expect(faults.length).toBeGreaterThanOrEqual(15);
    expect(new Set(faults)).toEqual(new Set(["timeout"]));
  });

  it("drops an answer that nobody waits for any more, however late it comes", async () => {
    await station.read(STATION, "holding", 1, 1);
    answer({ unitId: METER, code: 3, address: 777, count: 1 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await meter.read(METER, "holding", 5, 1)).toEqual({ ok: true, value: [5] });
  });

  it("turns a broken frame into a fault and goes on", async () => {
    behave = (request) => {
      behave = answer;
      const frame = rtuFrame(addressAnswer(request));
      frame.writeUInt8(frame.readUInt8(3) ^ 0xff, 3);
      line.send(frame);
    };
    expect(await meter.read(METER, "holding", 3, 2)).toMatchObject({ ok: false, fault: { code: "malformed" } });
    clock.advance(250);
    expect(await meter.read(METER, "holding", 8, 2)).toEqual({ ok: true, value: [8, 9] });
  });

  it("spends one time-out per wait on a dead station, and keeps answering for the meter", async () => {
    behave = (request) => {
      if (request.unitId === METER) answer(request);
    };
    for (let second = 0; second < 64; second += 1) {
      await Promise.all([station.read(STATION, "holding", 0, 1), station.write(STATION, 6, 0, [0])]);
      expect(await meter.read(METER, "holding", second, 1)).toEqual({ ok: true, value: [second] });
      clock.advance(1000);
    }
    expect(asked.filter((unit) => unit === METER)).toHaveLength(64);
    expect(asked.filter((unit) => unit === STATION)).toHaveLength(7);
  });

  it("asks a meter that does not answer again within two seconds", async () => {
    behave = () => undefined;
    for (let i = 0; i < 8; i += 1) {
      await meter.read(METER, "holding", 0, 1);
      clock.advance(2000);
    }
    await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(8);
  });

  it("comes back when a missing port appears", async () => {
    const folder = await mkdtemp(join(tmpdir(), "headroom-serial-"));
    const path = join(folder, "port");
    const serial = { path, baudRate: 9600, framing: "8E1" } as const;
    const options = { subject: "main", role: "meter", timeoutMs: 200, delayMs: 0 } as const;
    const port = createModbusPool(clock).overRtu(serial, options);
    expect(await port.read(1, "holding", 0, 1)).toMatchObject({ ok: false, fault: { code: "unreachable" } });
    await symlink(line.path, path);
    clock.advance(250);
    expect(await port.read(1, "holding", 6, 1)).toEqual({ ok: true, value: [6] });
    await port.close();
    await rm(folder, { recursive: true });
  });
});
