import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { createModbusPool, type ModbusPort } from "#drivers/transports/modbus.ts";
import { createManualClock } from "#test/support/manual-clock.ts";
import {
  addressAnswer,
  startBareServer,
  tcpFrame,
  tcpRequest,
  type DeviceBehaviour,
} from "#test/support/modbus-frames.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const TIMEOUT_MS = 60;

type Bench = { port: ModbusPort; again: () => void; connections: () => number };

const open = async (behave: DeviceBehaviour, timeoutMs = TIMEOUT_MS): Promise<Bench> => {
  const clock = createManualClock();
  const server = await startBareServer(behave);
  const address = { host: "127.0.0.1", port: server.port };
  const port = createModbusPool(clock).overTcp(address, { subject: "bay", role: "station", timeoutMs, delayMs: 0 });
  closing.push(
    () => server.close(),
    () => port.close(),
  );
  return { port, again: () => clock.advance(60_000), connections: server.connections };
};

const right: DeviceBehaviour = (frame, socket) => {
  const request = tcpRequest(frame);
  socket.write(tcpFrame(request.transaction, addressAnswer(request)));
};

/** The behaviour for the first frame, then a device that answers rightly. */
const once = (behave: DeviceBehaviour): DeviceBehaviour => {
  let isFirst = true;
  return (frame, socket) => {
    (isFirst ? behave : right)(frame, socket);
    isFirst = false;
  };
};

const body =
  (change: (answer: number[]) => number[]): DeviceBehaviour =>
  (frame, socket) => {
    const request = tcpRequest(frame);
    socket.write(tcpFrame(request.transaction, change(addressAnswer(request))));
  };

const hostile: readonly (readonly [string, string, DeviceBehaviour])[] = [
  ["says nothing", "timeout", () => undefined],
  ["sends a length of 65535", "timeout", (_frame, socket) => void socket.write(Buffer.from([0, 1, 0, 0, 255, 255, 1]))],
  ["sends a length of 0", "timeout", (_frame, socket) => void socket.write(Buffer.from([9, 9, 0, 0, 0, 0, 1]))],
  ["answers for another unit", "malformed", body(([, ...rest]) => [77, ...rest])],
  ["answers with another function", "malformed", body(([unit, , ...rest]) => [unit ?? 0, 4, ...rest])],
  ["sends too few registers", "malformed", body((answer) => answer.slice(0, -2))],
  ["sends too many registers", "malformed", body((answer) => [...answer, 0, 0])],
  ["counts its bytes wrong", "malformed", body(([unit, code, , ...rest]) => [unit ?? 0, code ?? 0, 2, ...rest])],
  ["sends a frame of one byte", "malformed", body((answer) => answer.slice(0, 1))],
  ["closes at once", "unreachable", (_frame, socket) => void socket.end()],
  ["resets the connection", "timeout", (_frame, socket) => void socket.resetAndDestroy()],
  [
    "closes in the middle of an answer",
    "unreachable",
    (frame, socket) => void socket.end(tcpFrame(tcpRequest(frame).transaction, [1, 3, 4, 0]).subarray(0, 8)),
  ],
  [
    "answers another transaction",
    "timeout",
    (frame, socket) => {
      const request = tcpRequest(frame);
      socket.write(tcpFrame(request.transaction + 1, addressAnswer({ ...request, address: 999 })));
    },
  ],
];

describe("a Modbus TCP device", () => {
  it("answers reads of registers with their values", async () => {
    const { port } = await open(right);
    expect(await port.read(1, "holding", 40, 3)).toEqual({ ok: true, value: [40, 41, 42] });
    expect(await port.read(1, "input", 7, 1)).toEqual({ ok: true, value: [7] });
  });

  it("answers reads of bits with as many as were asked for", async () => {
    const { port } = await open((frame, socket) => {
      socket.write(tcpFrame(tcpRequest(frame).transaction, [1, 1, 1, 0b1111_0101]));
    });
    expect(await port.read(1, "coil", 0, 3)).toEqual({ ok: true, value: [1, 0, 1] });
  });

  it("acknowledges writes that it repeats", async () => {
    const { port } = await open((frame, socket) => void socket.write(echo(frame)));
    expect(await port.write(1, 5, 3, [1])).toEqual({ ok: true, value: null });
    expect(await port.write(1, 6, 3, [16])).toEqual({ ok: true, value: null });
    expect(await port.write(1, 16, 3, [16, 17])).toEqual({ ok: true, value: null });
  });

  it("does not acknowledge a write by repeating another value", async () => {
    const { port } = await open((frame, socket) => {
      const answer = echo(frame);
      answer.writeUInt16BE(99, 10);
      socket.write(answer);
    });
    expect(await port.write(1, 6, 3, [16])).toMatchObject({ ok: false, fault: { code: "malformed" } });
  });

  it("may refuse, and is asked again on the same connection", async () => {
    const { port, connections } = await open(once(body(([unit, code]) => [unit ?? 0, (code ?? 0) | 0x80, 2])));
    expect(await port.read(1, "holding", 0, 1)).toMatchObject({ ok: false, fault: { code: "refused" } });
    expect(await port.read(1, "holding", 5, 1)).toEqual({ ok: true, value: [5] });
    expect(connections()).toBe(1);
  });

  it.each(hostile)("that %s costs one fault (%s), and the next read is right", async (_name, code, behave) => {
    const { port, again } = await open(once(behave));
    expect(await port.read(1, "holding", 4, 2)).toMatchObject({ ok: false, fault: { code, subject: "bay" } });
    again();
    expect(await port.read(1, "holding", 20, 2)).toEqual({ ok: true, value: [20, 21] });
  });

  it("whose frames arrive with broken heads, cut off or with more behind them is believed in nothing but the truth", async () => {
    let broken = { at: 0, byte: 0, length: 0, more: 0 };
    const { port, again } = await open((frame, socket) => {
      const request = tcpRequest(frame);
      const answer = tcpFrame(request.transaction, addressAnswer(request));
      answer.writeUInt8(broken.byte, broken.at);
      socket.write(Buffer.concat([answer.subarray(0, broken.length), Buffer.alloc(broken.more, broken.byte)]));
    }, 20);
    const byte = fc.integer({ min: 0, max: 255 });
    const head = { at: fc.integer({ min: 0, max: 8 }), byte };
    const damage = fc.oneof(
      fc.record({ ...head, length: fc.integer({ min: 0, max: 12 }), more: fc.constant(0) }),
      fc.record({ ...head, length: fc.constant(13), more: fc.oneof(fc.constant(0), byte) }),
    );
    await fc.assert(
      fc.asyncProperty(damage, async (next) => {
        broken = next;
        const result = await port.read(1, "holding", 513, 2);
        again();
        return !result.ok || result.value.join() === "513,514";
      }),
      { numRuns: 200 },
    );
  });

  it("that sends a byte every 120 ms is right when there is time for it, else a fault", async () => {
    const slowly: DeviceBehaviour = (frame, socket) => {
      const request = tcpRequest(frame);
      const bytes = [...tcpFrame(request.transaction, addressAnswer(request))];
      const timer = setInterval(() => {
        const next = bytes.shift();
        if (next === undefined || socket.destroyed) clearInterval(timer);
        else socket.write(Buffer.from([next]));
      }, 120);
    };
    const patient = await open(slowly, 10_000);
    expect(await patient.port.read(1, "holding", 4, 1)).toEqual({ ok: true, value: [4] });
    const hasty = await open(slowly, 300);
    expect(await hasty.port.read(1, "holding", 4, 1)).toMatchObject({ ok: false, fault: { code: "timeout" } });
  });

  it("that hangs up between two requests is connected to again without a fault", async () => {
    let hungUp = Promise.withResolvers<void>();
    const { port, connections } = await open((frame, socket) => {
      right(frame, socket);
      socket.once("close", () => hungUp.resolve());
      setTimeout(() => socket.resetAndDestroy(), 5);
    });
    for (const address of [1, 2, 3]) {
      expect(await port.read(1, "holding", address, 1)).toEqual({ ok: true, value: [address] });
      await hungUp.promise;
      hungUp = Promise.withResolvers();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(connections()).toBe(3);
  });

  it("that nobody listens for is unreachable", async () => {
    const { port: taken, close } = await startBareServer(right);
    await close();
    const address = { host: "127.0.0.1", port: taken };
    const options = { subject: "bay", role: "station", timeoutMs: 500, delayMs: 0 } as const;
    const port = createModbusPool(createManualClock()).overTcp(address, options);
    const detail = `nothing listens on that port there (connect ECONNREFUSED 127.0.0.1:${taken})`;
    const refused = { ok: false, fault: { code: "unreachable", subject: "bay", detail } };
    expect(await port.read(1, "holding", 0, 1)).toEqual(refused);
    await port.close();
  });

  it("that answers late never has its answer taken for another request's", async () => {
    let asked = 0;
    const { port, again } = await open((frame, socket) => {
      asked += 1;
      if (asked % 20 === 0) setTimeout(() => right(frame, socket), 2 * TIMEOUT_MS);
      else right(frame, socket);
    });
    const faults: string[] = [];
    const wrong: (readonly number[])[] = [];
    for (let i = 0; i < 300; i += 1) {
      const address = (i * 37) % 1000;
      const result = await port.read(1, "holding", address, 1);
      if (!result.ok) faults.push(result.fault.code);
      else if (result.value[0] !== address) wrong.push([address, ...result.value]);
      again();
    }
    expect(wrong).toEqual([]);
    expect(faults.length).toBeGreaterThanOrEqual(15);
    expect(new Set(faults)).toEqual(new Set(["timeout"]));
  });

  it("that sends its last answer again before each new one is read rightly on one connection", async () => {
    let last: Buffer = Buffer.alloc(0);
    const { port, connections } = await open((frame, socket) => {
      const request = tcpRequest(frame);
      const next = tcpFrame(request.transaction, addressAnswer(request));
      socket.write(Buffer.concat([last, next]));
      last = next;
    }, 10_000);
    for (const address of [10, 20, 30]) {
      expect(await port.read(1, "holding", address, 1)).toEqual({ ok: true, value: [address] });
    }
    expect(connections()).toBe(1);
  });

  it("that does not answer is left alone for a while, longer each time", async () => {
    let asked = 0;
    const clock = createManualClock();
    const server = await startBareServer(() => {
      asked += 1;
    });
    const options = { subject: "bay", role: "station", timeoutMs: 20, delayMs: 0 } as const;
    const port = createModbusPool(clock).overTcp({ host: "127.0.0.1", port: server.port }, options);
    closing.push(
      () => server.close(),
      () => port.close(),
    );
    const askedAfter = async (ms: number): Promise<number> => {
      clock.advance(ms);
      await port.read(1, "holding", 0, 1);
      return asked;
    };
    expect(await askedAfter(0)).toBe(1);
    expect(await askedAfter(999)).toBe(1);
    expect(await askedAfter(1)).toBe(2);
    expect(await askedAfter(1999)).toBe(2);
    expect(await askedAfter(1)).toBe(3);
    expect(await askedAfter(2000)).toBe(4);
  });

  it("has the same fault while it is left alone as when it was asked", async () => {
    const { port, again } = await open(() => undefined);
    const asked = await port.read(1, "holding", 0, 1);
    expect(asked).toMatchObject({ ok: false, fault: { code: "timeout" } });
    expect(await port.read(1, "holding", 0, 1)).toEqual(asked);
    again();
    expect(await port.read(1, "holding", 0, 1)).toEqual(asked);
  });

  it("that did not answer gets nothing delivered later: the connection is reset, not closed", async () => {
    const ended = Promise.withResolvers<boolean>();
    const { port } = await open((_frame, socket) => {
      socket.on("close", (isReset) => ended.resolve(isReset));
    });
    await port.write(1, 6, 9, [320]);
    expect(await ended.promise).toBe(true);
  });

  it("has writes sent before the reads that wait", async () => {
    const codes: number[] = [];
    const { port } = await open((frame, socket) => {
      codes.push(tcpRequest(frame).code);
      if (tcpRequest(frame).code === 6) socket.write(echo(frame));
      else right(frame, socket);
    });
    await Promise.all([
      port.read(1, "holding", 0, 1),
      port.read(1, "holding", 1, 1),
      port.read(1, "holding", 2, 1),
      port.write(1, 6, 9, [60]),
    ]);
    expect(codes).toEqual([3, 6, 3, 3]);
  });

  it("is told nothing more once it is closed", async () => {
    const { port } = await open(right);
    await port.read(1, "holding", 0, 1);
    await port.close();
    expect(await port.read(1, "holding", 0, 1)).toMatchObject({ ok: false, fault: { code: "unreachable" } });
  });
});

/** A write's answer is its first six bytes of body again. */
const echo = (frame: Buffer): Buffer => tcpFrame(tcpRequest(frame).transaction, [...frame.subarray(6, 12)]);
