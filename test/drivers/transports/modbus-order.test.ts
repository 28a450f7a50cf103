import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Clock } from "#controller/model/time.ts";
import { createModbusPool, type ModbusPort } from "#drivers/transports/modbus.ts";
import { awaitInFakeTime, startFakeTime } from "./fake-time.ts";
import { createMemorySerial, type MemorySerial } from "./memory-serial.ts";
import { rtuFrame, rtuRequest, type DeviceRequest } from "#test/support/modbus-frames.ts";

const TIMEOUT_MS = 500;
const WRITTEN = 2000;

/** What becomes of one request: its answer is so many ms late, or it or its answer is lost. */
type Fate = number | "request lost" | "answer lost";

/** What a device does with a read that it does not know: it refuses it, or says nothing, or it knows them all. */
type Knows = "all" | "else refuses" | "else is silent";

type Device = { written: number };

/** A device that does and answers in order what it is asked; it keeps the value that was written to it last. */
const openDevice = (line: MemorySerial, fates: readonly Fate[], knows: Knows): Device => {
  const device: Device = { written: 0 };
  let turn = 0;
  let lastAt = 0;
  const act = (frame: Buffer, isAnswered: boolean): void => {
    const request = rtuRequest(frame);
    if (request.code === 16) device.written = frame.readUInt16BE(7);
    const body = answerOf(request, knows);
    if (isAnswered && body !== null) line.send(rtuFrame(body));
  };
  line.onData((frame) => {
    const fate = fates[turn % fates.length] ?? 0;
    turn += 1;
    if (fate === "request lost") return;
    lastAt = Math.max(lastAt, Date.now() + (fate === "answer lost" ? 0 : fate));
    setTimeout(() => act(frame, fate !== "answer lost"), lastAt - Date.now());
  });
  return device;
};

/** Holding registers hold their address, input registers theirs and 5000 more. */
const answerOf = ({ unitId, code, address, count }: DeviceRequest, knows: Knows): number[] | null => {
  if (code === 16) return [unitId, code, address >> 8, address & 0xff, 0, count];
  if (code > 2 && (knows === "all" || (code === 3 && count <= 2))) {
    const values = Array.from({ length: count }, (_, i) => address + i + (code === 4 ? 5000 : 0));
    return [unitId, code, 2 * count, ...values.flatMap((value) => [value >> 8, value & 0xff])];
  }
  return knows === "else is silent" ? null : [unitId, code | 0x80, 2];
};

type Step = { readonly ask: "holding" | "input" | "write"; readonly address: number; readonly count: 1 | 2 };

const steps = fc.array(
  fc.record<Step>({
    ask: fc.constantFrom("holding", "holding", "input", "write"),
    address: fc.integer({ min: 0, max: 1000 }),
    count: fc.constantFrom(1, 2),
  }),
  { minLength: 5, maxLength: 25 },
);

/** Late by up to 8 s, which is within the bound for a unit that answers no probe. */
const fates = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: TIMEOUT_MS }) },
    { weight: 4, arbitrary: fc.integer({ min: TIMEOUT_MS, max: 5 * TIMEOUT_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: TIMEOUT_MS, max: 8000 }) },
    { weight: 1, arbitrary: fc.constantFrom<Fate>("request lost", "answer lost") },
  ),
  { minLength: 1, maxLength: 40 },
);

let clock: Clock;
beforeEach(() => {
  clock = startFakeTime();
});
afterEach(() => void vi.useRealTimers());

const openBus = (line: MemorySerial): ModbusPort =>
  createModbusPool(clock, line.wire).overRtu(
    { path: "/dev/memory", baudRate: 115_200, framing: "8N1" },
    { subject: "main", role: "meter", timeoutMs: TIMEOUT_MS, delayMs: 0 },
  );

/** Whether an answer was believed that was not the step's own; null when none was. */
const isWrong = async (port: ModbusPort, device: Device, step: Step, turn: number): Promise<boolean | null> => {
  const { ask, address, count } = step;
  if (ask === "write") {
    const result = await awaitInFakeTime(port.write(1, 16, WRITTEN, [turn]));
    return result.ok ? device.written !== turn : null;
  }
  const result = await awaitInFakeTime(port.read(1, ask, address, count));
  return result.ok ? result.value[0] !== address + (ask === "input" ? 5000 : 0) : null;
};

const run = async (asked: readonly Step[], fate: readonly Fate[], knows: Knows): Promise<(boolean | null)[]> => {
  const line = createMemorySerial();
  const device = openDevice(line, fate, knows);
  const port = openBus(line);
  const found: (boolean | null)[] = [];
  for (const [turn, step] of asked.entries()) {
    found.push(await isWrong(port, device, step, turn + 1));
    await vi.advanceTimersByTimeAsync(300);
  }
  await awaitInFakeTime(port.close());
  vi.clearAllTimers();
  return found;
};

describe("on a Modbus RTU bus", () => {
  it.each<Knows>(["all", "else refuses", "else is silent"])(
    "a late answer is never taken for another request's, from a unit that knows %s",
    async (knows) => {
      let believed = 0;
      const property = fc.asyncProperty(steps, fates, async (asked, fate) => {
        const found = await run(asked, fate, knows);
        believed += found.filter((one) => one === false).length;
        expect(found).not.toContain(true);
      });
      await fc.assert(property, { numRuns: 300 });
      expect(believed).toBeGreaterThan(200);
    },
  );
});
