import { describe, expect, test } from "vitest";
import { createProcessImage, type ProcessImage } from "#controller/loop/process-image.ts";
import { createWriter, type Writer } from "#controller/loop/write.ts";
import { fault } from "#controller/model/fault.ts";
import type { StationDriver } from "#controller/model/ports.ts";
import { failed, ok } from "#controller/model/result.ts";
import type { Setpoint } from "#controller/model/setpoint.ts";
import { instant } from "#controller/model/time.ts";
import { createManualClock, type ManualClock } from "#test/support/manual-clock.ts";
import { evse, SITE } from "#test/controller/support/one-station.ts";

type Bench = { clock: ManualClock; image: ProcessImage; writer: Writer; sentA: number[]; answer: () => void };

/** A station in contact with a proven failsafe that answers each write when it is told to. */
const open = (): Bench => {
  const clock = createManualClock();
  const image = createProcessImage(SITE);
  const sentA: number[] = [];
  const waiting: (() => void)[] = [];
  const driver: StationDriver = {
    station: "bay",
    poll: async () => ok([]),
    write: (_number, currentA) => {
      sentA.push(currentA);
      return new Promise((resolve) => waiting.push(() => resolve(ok(null))));
    },
    isFailsafeProven: () => true,
    close: async () => undefined,
  };
  image.beginPoll("bay", clock.now());
  image.noteStation("bay", clock.now(), ok([]), true);
  const writer = createWriter({ site: SITE, stations: new Map([["bay", driver]]), image, clock });
  return { clock, image, writer, sentA, answer: () => waiting.shift()?.() };
};

const setpoint = (currentA: number): Setpoint => ({
  evse: evse.id,
  currentA,
  reason: { code: "full-current" },
  expiresAt: instant(0),
});

const write = ({ writer, image, clock }: Bench, currentA: number): void =>
  void writer.writeAll([setpoint(currentA)], image.freeze(clock.now()));

const fallSilent = ({ clock, image }: Bench): void => {
  for (let second = 0; second < 8; second += 1) {
    clock.advance(1000);
    image.beginPoll("bay", clock.now());
    image.noteStation("bay", clock.now(), failed(fault("timeout", "bay", "")), true);
  }
};

describe("a writer", () => {
  test("sends a reduction at once, whenever the write before it ends", async () => {
    for (let ticks = 0; ticks < 12; ticks += 1) {
      const bench = open();
      write(bench, 16);
      bench.answer();
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
      write(bench, 6);
      await new Promise((resolve) => setImmediate(resolve));
      bench.answer();
      await new Promise((resolve) => setImmediate(resolve));
      expect(bench.sentA, `after ${ticks} turns`).toEqual([16, 6]);
    }
  });

  test("tells a station that is left in peace nothing but to stop in an emergency (R12)", () => {
    const bench = open();
    fallSilent(bench);
    write(bench, 0);
    expect(bench.sentA).toEqual([]);
    bench.image.setEmergencyStop(true);
    write(bench, 0);
    expect(bench.sentA).toEqual([0]);
  });

  test("looks for it with a setpoint, also one that it acknowledged before", async () => {
    const bench = open();
    write(bench, 0);
    bench.answer();
    await new Promise((resolve) => setImmediate(resolve));
    fallSilent(bench);
    bench.clock.advance(20_000);
    write(bench, 0);
    expect(bench.sentA).toEqual([0, 0]);
  });
});
