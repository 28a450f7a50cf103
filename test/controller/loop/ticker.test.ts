import { afterEach, describe, expect, test } from "vitest";
import type { CycleRecord } from "#controller/loop/cycle.ts";
import { createTicker } from "#controller/loop/ticker.ts";
import { createSteppedClock } from "#test/support/stepped-clock.ts";

const CYCLE_MS = 1000;
const RECORD = {} as CycleRecord;

describe("a ticker", () => {
  const stopping: AbortController[] = [];
  afterEach(() => {
    for (const controller of stopping.splice(0)) controller.abort();
  });

  /** Runs cycles that wait for their devices as long as they may, and notes when each began and how it may poll. */
  const runTicker = (onCycle: () => void = () => undefined) => {
    const clock = createSteppedClock();
    const begun: string[] = [];
    const decided: number[] = [];
    const controller = new AbortController();
    stopping.push(controller);
    const ticker = createTicker({
      clock,
      cycleMs: CYCLE_MS,
      cycle: async (dueAt, pollDeadline) => {
        begun.push(`${pollDeadline === null ? "extra" : "tick"} ${dueAt}`);
        onCycle();
        await pollDeadline;
        decided.push(clock.now());
        return RECORD;
      },
      onRecord: () => undefined,
      onError: () => undefined,
    });
    return { clock, ticker, begun, decided, ended: ticker.run(controller.signal) };
  };

  test("starts a cycle every tick and gives devices two fifths of it", async () => {
    const { clock, begun, decided } = runTicker();
    await clock.advance(2500);
    expect(begun).toEqual(["tick 0", "tick 1000", "tick 2000"]);
    expect(decided).toEqual([400, 1400, 2400]);
  });

  test("that is woken between two ticks decides at once without polling, and keeps its ticks", async () => {
    const { clock, ticker, begun, decided } = runTicker();
    await clock.advance(410);
    ticker.wake();
    await clock.advance(1600);
    expect(begun).toEqual(["tick 0", "extra 410", "tick 1000", "tick 2000"]);
    expect(decided).toEqual([400, 410, 1400]);
  });

  test("that is woken while it polls decides at once", async () => {
    const { clock, ticker, begun, decided } = runTicker();
    await clock.advance(1050);
    ticker.wake();
    await clock.advance(900);
    expect(begun).toEqual(["tick 0", "tick 1000"]);
    expect(decided).toEqual([400, 1050]);
  });

  test("that is woken again and again leaves a gap and still ticks", async () => {
    const { clock, ticker, begun } = runTicker();
    await clock.advance(500);
    for (let i = 0; i < 60; i++) {
      ticker.wake();
      await clock.advance(10);
    }
    expect(begun).toEqual(["tick 0", "extra 500", "extra 750", "tick 1000", "extra 1000"]);
  });

  test("ends when three cycles in a row have thrown, so that a clean process takes its place", async () => {
    const { clock, begun, ended } = runTicker(() => {
      throw new Error("broken");
    });
    const [failure] = await Promise.all([ended.catch(String), clock.advance(5000)]);
    expect(failure).toContain("3 cycles failed in a row");
    expect(begun).toHaveLength(3);
  });
});
