import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createModbusPool, type ModbusPort } from "#drivers/transports/modbus.ts";
import { awaitInFakeTime, startFakeTime } from "./fake-time.ts";
import { createMemorySerial, type MemorySerial } from "./memory-serial.ts";
import { addressAnswer, rtuFrame, rtuRequest, type DeviceRequest } from "#test/support/modbus-frames.ts";

const TIMEOUT_MS = 50;
const METER = 1;
const STATION = 2;

let line: MemorySerial;
let meter: ModbusPort;
let station: ModbusPort;
let behave: (request: DeviceRequest) => void;
let asked: DeviceRequest[];

const answer = (request: DeviceRequest): void => line.send(rtuFrame(addressAnswer(request)));
const refuse = ({ unitId, code }: DeviceRequest): void => line.send(rtuFrame([unitId, code | 0x80, 2]));
const later = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const readMeter = (address: number, count = 1) => awaitInFakeTime(meter.read(METER, "holding", address, count));

beforeEach(() => {
  const clock = startFakeTime();
  line = createMemorySerial();
  asked = [];
  behave = answer;
  line.onData((frame) => {
    const request = rtuRequest(frame);
    asked.push(request);
    behave(request);
  });
  const pool = createModbusPool(clock, line.wire);
  const serial = { path: "/dev/memory", baudRate: 115_200, framing: "8N1" } as const;
  meter = pool.overRtu(serial, { subject: "main", role: "meter", timeoutMs: TIMEOUT_MS, delayMs: 0 });
  station = pool.overRtu(serial, { subject: "bay", role: "station", timeoutMs: TIMEOUT_MS, delayMs: 0 });
});

afterEach(async () => {
  await awaitInFakeTime(Promise.all([meter.close(), station.close()]));
  vi.useRealTimers();
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
    const results = await awaitInFakeTime(
      Promise.all([
        meter.read(METER, "holding", 10, 2),
        station.read(STATION, "input", 20, 1),
        meter.read(METER, "holding", 30, 1),
      ]),
    );
    expect(results.map((result) => (result.ok ? result.value : null))).toEqual([[10, 11], [20], [30]]);
  });

  it("is silent for a time-out after it was opened, and after a request that was not answered", async () => {
    const startedAt = Date.now();
    const at: number[] = [];
    behave = () => at.push(Date.now() - startedAt);
    await readMeter(0);
    await awaitInFakeTime(station.read(STATION, "holding", 0, 1));
    expect(at[0]).toBe(TIMEOUT_MS);
    expect(at[1]).toBeGreaterThan(3 * TIMEOUT_MS);
  });

  it("drops an answer that nobody waits for any more", async () => {
    await awaitInFakeTime(station.read(STATION, "holding", 1, 1));
    answer({ unitId: METER, code: 3, address: 777, count: 1 });
    await later(30);
    expect(await readMeter(5)).toEqual({ ok: true, value: [5] });
  });

  it("asks for another length before it believes a unit again that was silent", async () => {
    behave = () => {
      behave = answer;
    };
    await readMeter(100, 4);
    await later(250);
    expect(await readMeter(200, 4)).toEqual({ ok: true, value: [200, 201, 202, 203] });
    expect(asked.map(({ code, count }) => [code, count])).toEqual([
      [3, 4],
      [3, 2],
      [3, 4],
    ]);
  });

  it("asks another function where the other length is refused, and a refusal of that is enough", async () => {
    behave = () => {
      behave = (request) => (request.code === 3 && request.count === 4 ? answer : refuse)(request);
    };
    await readMeter(100, 4);
    await later(250);
    expect(await readMeter(200, 4)).toEqual({ ok: true, value: [200, 201, 202, 203] });
    expect(asked.map(({ code }) => code)).toEqual([3, 3, 4, 3]);
  });

  it("takes the answer to another function as proof", async () => {
    behave = () => {
      behave = answer;
    };
    await readMeter(100);
    await later(250);
    await awaitInFakeTime(meter.read(METER, "input", 7, 1));
    expect(await readMeter(200)).toEqual({ ok: true, value: [200] });
    expect(asked).toHaveLength(3);
  });

  it("does not take the late acknowledgement of one write for that of another", async () => {
    const acknowledge = ({ unitId, address, count }: DeviceRequest): void =>
      line.send(rtuFrame([unitId, 16, address >> 8, address & 0xff, 0, count]));
    behave = (request) => {
      setTimeout(() => acknowledge(request), 1300);
      behave = () => undefined;
    };
    expect(await awaitInFakeTime(station.write(STATION, 16, 9, [32]))).toMatchObject({ ok: false });
    await later(1150);
    expect(await awaitInFakeTime(station.write(STATION, 16, 9, [6]))).toMatchObject({ ok: false });
    expect(asked.filter(({ code }) => code === 16)).toHaveLength(1);
  });

  it("asks a unit that answers no probe again after ten seconds", async () => {
    behave = (request) => {
      if (asked.length > 1 && request.code === 3 && request.count === 1) answer(request);
    };
    await readMeter(100);
    let result = await readMeter(200);
    const startedAt = Date.now();
    while (!result.ok) {
      await later(250);
      result = await readMeter(200);
    }
    expect(result.value).toEqual([200]);
    expect(Date.now() - startedAt).toBeGreaterThan(9000);
    expect(Date.now() - startedAt).toBeLessThan(13_000);
  });

  it("turns a broken frame into a fault and goes on", async () => {
    behave = (request) => {
      behave = answer;
      const frame = rtuFrame(addressAnswer(request));
      frame.writeUInt8(frame.readUInt8(3) ^ 0xff, 3);
      line.send(frame);
    };
    expect(await readMeter(3, 2)).toMatchObject({ ok: false, fault: { code: "malformed" } });
    await later(250);
    expect(await readMeter(8, 2)).toEqual({ ok: true, value: [8, 9] });
  });

  it("spends one time-out per wait on a dead station, and keeps answering for the meter", async () => {
    behave = (request) => {
      if (request.unitId === METER) answer(request);
    };
    for (let second = 0; second < 64; second += 1) {
      const dead = Promise.all([station.read(STATION, "holding", 0, 1), station.write(STATION, 6, 0, [0])]);
      await awaitInFakeTime(dead);
      expect(await readMeter(second)).toEqual({ ok: true, value: [second] });
      await later(1000);
    }
    expect(asked.filter(({ unitId }) => unitId === METER)).toHaveLength(64);
    expect(asked.filter(({ unitId }) => unitId === STATION)).toHaveLength(7);
  });

  it("asks a meter that does not answer again within two seconds", async () => {
    behave = () => undefined;
    for (let i = 0; i < 8; i += 1) {
      await readMeter(0);
      await later(2000);
    }
    expect(asked).toHaveLength(8);
  });
});
