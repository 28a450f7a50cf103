import { describe, expect, it } from "vitest";
import { allocate } from "#controller/allocation/allocate.ts";
import { EMPTY_MEMORY, NEW_EVSE } from "#controller/allocation/memory.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import type { CycleRecord } from "#controller/loop/cycle.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { createWaitedBook, type WaitedDay } from "#controller/loop/waited-book.ts";
import { allPhases, ZERO } from "#controller/model/phase.ts";
import { ok } from "#controller/model/result.ts";
import { instant, type Clock } from "#controller/model/time.ts";
import { evse, SITE } from "#test/controller/support/one-station.ts";

const ids = ["s0", "s1"];
/** Two stations on a circuit of 40 A in a place whose day begins at 23:00 UTC. */
const site = {
  ...SITE,
  timezone: "Europe/Berlin",
  circuits: SITE.circuits.map((circuit) => ({ ...circuit, sealedA: allPhases(40) })),
  stations: SITE.stations.flatMap((station) => ids.map((id) => ({ ...station, id }))),
  evses: ids.map((id) => ({ ...evse, id: `${id}/1`, station: id })),
};
const plan = planSite(site);
const GRID_DAY = { circuit: "grid", phasesWh: [5, 0, 0], powerWh: 1 } as const;
/** Two vehicles of 690 W an ampere that get 20 A and would get 32 A alone. */
const WAITING_W = 2 * (32 - 20) * 690;

type Bench = {
  readonly book: ReturnType<typeof createWaitedBook>;
  readonly saved: (readonly WaitedDay[])[];
  /** Lets time pass and a cycle run, with both vehicles or none. */
  readonly cycle: (afterMs: number, isFull?: boolean) => void;
  readonly moveWall: (ms: number) => void;
};

const openBook = (startWall: string, stored: readonly WaitedDay[] = [], isDiskFull = false): Bench => {
  let nowMs = 0;
  let wallMs = Date.parse(startWall);
  const saved: (readonly WaitedDay[])[] = [];
  const clock: Clock = { now: () => instant(nowMs), wallMs: () => wallMs, sleep: async () => undefined };
  const save = async (days: readonly WaitedDay[]): Promise<void> => {
    saved.push(days);
    if (isDiskFull) throw new Error("the disk is full");
  };
  const book = createWaitedBook({ plan, clock, stored, save });
  return {
    book,
    saved,
    cycle: (afterMs, isFull = true) => {
      nowMs += afterMs;
      wallMs += afterMs;
      book.note(recordAt(nowMs, isFull));
    },
    moveWall: (ms) => {
      wallMs += ms;
    },
  };
};

const recordAt = (atMs: number, isFull: boolean): CycleRecord => {
  const at = instant(atMs);
  const image = createProcessImage(site);
  const nothing = { powerW: null, energyWh: null, failsafeA: null, failsafeTimeoutMs: null, offeredA: 20 };
  for (const { id, station } of site.evses) {
    const reading = { evse: id, sampledAt: at, terminalA: isFull ? allPhases(20) : ZERO, ...nothing };
    image.beginPoll(station, at);
    image.noteStation(station, at, ok([{ ...reading, state: isFull ? "C" : "A" } as const]), true);
  }
  const memory = { ...NEW_EVSE, setpointA: 20, boundA: 20, changedAt: instant(atMs - 60_000) };
  const previous = { ...EMPTY_MEMORY, evses: new Map(site.evses.map(({ id }) => [id, memory])) };
  const snapshot = image.freeze(at);
  const allocation = allocate({ plan, snapshot, previous, strategy: STRATEGIES["equal-share"] });
  return { cycle: 1, dueAt: at, startedAt: at, snapshot, allocation };
};

const sumOf = (days: readonly WaitedDay[]): number =>
  days.reduce((sum, { phasesWh, powerWh }) => phasesWh.reduce((all, each) => all + each, sum) + powerWh, 0);
const run = (bench: Bench, seconds: number): void => {
  for (let i = 0; i < seconds; i += 1) bench.cycle(1000);
};

describe("the book of energy that waited", () => {
  it("counts what each vehicle would get alone above its setpoint, for as long as it waits", () => {
    const bench = openBook("2026-03-01T10:00:00Z");
    bench.cycle(1000);
    run(bench, 600);
    expect(sumOf(bench.book.of("grid"))).toBeCloseTo(WAITING_W / 6, 0);
    bench.cycle(1000, false);
    const before = sumOf(bench.book.of("grid"));
    for (let i = 0; i < 60; i += 1) bench.cycle(1000, false);
    expect(sumOf(bench.book.of("grid"))).toBe(before);
  });

  it("ends a day at midnight on the site and forgets it after two weeks", () => {
    const bench = openBook("2026-03-01T22:59:30Z");
    run(bench, 60);
    expect(bench.book.of("grid").map(({ day }) => day)).toEqual(["2026-03-01", "2026-03-02"]);
    bench.moveWall(13 * 86_400_000);
    run(bench, 10);
    expect(bench.book.of("grid").map(({ day }) => day)).toEqual(["2026-03-02", "2026-03-15"]);
  });

  it("measures time by the monotonic clock: a step of the wall clock adds no energy, nor does a gap", () => {
    const bench = openBook("2026-03-01T10:00:00Z");
    run(bench, 11);
    bench.moveWall(3_600_000);
    bench.cycle(1000);
    expect(sumOf(bench.book.of("grid"))).toBeCloseTo((WAITING_W * 11) / 3600, 0);
    bench.cycle(3_600_000);
    expect(sumOf(bench.book.of("grid"))).toBeCloseTo((WAITING_W * 21) / 3600, 0);
  });

  it("forgets days that a wrong wall clock had set in the future", () => {
    const bench = openBook("2026-03-01T10:00:00Z", [{ ...GRID_DAY, day: "2038-01-19" }]);
    run(bench, 2);
    expect(bench.book.of("grid").map(({ day }) => day)).toEqual(["2026-03-01"]);
  });

  it("goes on from what was kept, without circuits that no longer exist", () => {
    const stored = [
      { ...GRID_DAY, day: "2026-02-28" },
      { ...GRID_DAY, day: "2026-02-28", circuit: "removed" },
    ];
    const { book } = openBook("2026-03-01T10:00:00Z", stored);
    expect(book.of("grid")).toEqual([stored[0]]);
    expect(book.of("removed")).toEqual([]);
  });

  it("keeps what it counted every five minutes and at the end, and nothing where nothing waited", async () => {
    const bench = openBook("2026-03-01T10:00:00Z");
    run(bench, 700);
    expect(bench.saved).toHaveLength(2);
    await bench.book.close();
    expect(bench.saved.at(-1)).toEqual(bench.book.of("grid"));
    await bench.book.close();
    expect(bench.saved).toHaveLength(3);
  });

  it("tries again when it could not be kept, and says so at the end", async () => {
    const bench = openBook("2026-03-01T10:00:00Z", [], true);
    run(bench, 301);
    await Promise.resolve();
    expect(bench.saved).toHaveLength(1);
    await expect(bench.book.close()).rejects.toThrow("disk is full");
  });
});
