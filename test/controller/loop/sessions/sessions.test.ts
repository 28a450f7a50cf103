import { describe, expect, test } from "vitest";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { createSessions, NO_SESSIONS, type StoredSessions } from "#controller/loop/sessions/sessions.ts";
import type { EvseReading, VehicleState } from "#controller/model/reading.ts";
import { ok } from "#controller/model/result.ts";
import { instant, type Clock } from "#controller/model/time.ts";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Tuesday at nine. */
const START_WALL_MS = Date.UTC(2026, 2, 3, 9);
const EVSE = "s0/1";
const { site } = openVirtualSite(smallDay([{ phases: 3, maxA: 32 }], 100, 0));

/** Sessions of one EVSE over clocks that the test moves; every reading a vehicle of 11 kW with a counter. */
const open = (stored: StoredSessions = NO_SESSIONS, wallMs = START_WALL_MS) => {
  const time = { nowMs: 5000, wallMs };
  const clock: Clock = { now: () => instant(time.nowMs), wallMs: () => time.wallMs, sleep: async () => undefined };
  const saved: StoredSessions[] = [stored];
  const image = createProcessImage(site);
  const sessions = createSessions({ site, clock, stored, save: async (next) => void saved.push(next) });
  const see = (state: VehicleState, energyWh: number | null = null) => {
    const reading: EvseReading = {
      evse: EVSE,
      sampledAt: clock.now(),
      state,
      terminalA: null,
      offeredA: null,
      powerW: null,
      energyWh,
      failsafeA: null,
      failsafeTimeoutMs: null,
    };
    image.noteStation("s0", clock.now(), ok([reading]), false);
    return sessions.follow(image.freeze(clock.now()));
  };
  return {
    see,
    kept: () => saved.at(-1) ?? stored,
    saves: () => saved.length - 1,
    now: () => clock.now(),
    pass: (ms: number) => {
      time.nowMs += ms;
      time.wallMs += ms;
    },
    stepWallClock: (ms: number) => (time.wallMs += ms),
    need: (departsInMs: number | null, energyWh: number | null, evse = EVSE) =>
      sessions.apply({
        type: "set-need",
        evse,
        need: { departsAtWallMs: departsInMs === null ? null : time.wallMs + departsInMs, energyWh },
      }),
    forgetNeed: () => sessions.apply({ type: "set-need", evse: EVSE, need: null }),
    boost: (durationMs: number | null, evse = EVSE) => sessions.apply({ type: "set-boost", evse, durationMs }),
    wallMs: () => time.wallMs,
  };
};

type Opened = ReturnType<typeof open>;

/** Plugged in for so long, in steps of a minute, taking 11 kW; then gone. */
const stay = (opened: Opened, ms: number): void => {
  for (let passedMs = 0; passedMs < ms; passedMs += MINUTE) {
    opened.see("C", (11_000 * passedMs) / HOUR);
    opened.pass(MINUTE);
  }
  opened.see("A");
};

describe("what somebody said that a vehicle needs", () => {
  test("counts off what was delivered since", async () => {
    const opened = open();
    opened.see("C", 50_000);
    opened.pass(MINUTE);
    opened.see("C", 50_150);
    expect(await opened.need(HOUR, 10_000)).toEqual({ outcome: "applied", reason: null });
    opened.pass(10 * MINUTE);
    const departsAt = opened.now() + 50 * MINUTE;
    expect(opened.see("C", 52_150).needs.get(EVSE)).toEqual({ departsAt, energyWh: 8000, isEstimated: false });
    opened.pass(30 * MINUTE);
    expect(opened.see("C", 57_000).needs.get(EVSE)?.energyWh).toBe(3150);
  });

  test("never falls below nothing, and may name one of the two alone", async () => {
    const opened = open();
    opened.see("C", 0);
    await opened.need(null, 500);
    opened.pass(10 * MINUTE);
    expect(opened.see("C", 900).needs.get(EVSE)).toEqual({ departsAt: null, energyWh: 0, isEstimated: false });
  });

  test("is forgotten when the vehicle leaves", async () => {
    const opened = open();
    opened.see("C");
    await opened.need(8 * HOUR, 10_000);
    opened.pass(MINUTE);
    expect(opened.see("A").needs.size).toBe(0);
    opened.pass(MINUTE);
    expect(opened.see("B").needs.size).toBe(0);
    expect(opened.kept().needs).toEqual([]);
  });

  test("outlives a fault of the station, which says nothing of the vehicle", async () => {
    const opened = open();
    opened.see("F");
    expect(await opened.need(null, 1000)).toMatchObject({ outcome: "refused" });
    opened.see("B");
    await opened.need(null, 1000);
    expect(opened.see("F").needs.size).toBe(1);
  });

  test("is forgotten on request", async () => {
    const opened = open();
    opened.see("C");
    await opened.need(8 * HOUR, 10_000);
    expect(await opened.forgetNeed()).toEqual({ outcome: "applied", reason: null });
    expect(opened.see("C").needs.size).toBe(0);
  });

  test("ends with its departure on the monotonic clock, whatever the wall clock does (R10)", async () => {
    const opened = open();
    opened.see("C");
    await opened.need(HOUR, 10_000);
    opened.stepWallClock(5 * HOUR);
    expect(opened.see("C").needs.get(EVSE)?.isEstimated).toBe(false);
    opened.pass(HOUR);
    opened.stepWallClock(-9 * HOUR);
    expect(opened.see("C").needs.size).toBe(0);
  });

  test("survives a restart, with what was delivered meanwhile", async () => {
    const before = open();
    before.see("C", 50_000);
    before.pass(10 * MINUTE);
    before.see("C", 51_000);
    await before.need(2 * HOUR, 10_000);
    const after = open(before.kept(), before.wallMs() + 10 * MINUTE);
    const { needs } = after.see("C", 52_500);
    expect(needs.get(EVSE)).toMatchObject({ energyWh: 8500, isEstimated: false });
    expect((needs.get(EVSE)?.departsAt ?? 0) - after.now()).toBe(110 * MINUTE);
  });

  test("keeps what was delivered every ten minutes, for a station without a counter", async () => {
    const opened = open();
    opened.see("C");
    await opened.need(2 * HOUR, 10_000);
    const before = opened.saves();
    for (let minute = 0; minute < 30; minute++) {
      opened.pass(MINUTE);
      opened.see("C");
    }
    expect(opened.saves() - before).toBe(3);
  });

  test("is gone after a restart when the vehicle is", async () => {
    const before = open();
    before.see("C");
    await before.need(2 * HOUR, 10_000);
    const after = open(before.kept(), before.wallMs());
    expect(after.see("A").needs.size).toBe(0);
    after.pass(MINUTE);
    expect(after.see("C").needs.size).toBe(0);
  });

  test.each([
    ["in the past", -1, 1000, "the departure lies in the past"],
    ["too far ahead", 32 * 24 * HOUR, 1000, "the departure is more than 31 days ahead"],
    ["that says nothing", null, null, "neither a departure nor an energy is named"],
  ])("is refused when it is one %s", async (_name, departsInMs, energyWh, reason) => {
    const opened = open();
    opened.see("C");
    expect(await opened.need(departsInMs, energyWh)).toEqual({ outcome: "refused", reason });
    expect(opened.see("C").needs.size).toBe(0);
  });

  test("is refused where no vehicle is, and for an EVSE that does not exist", async () => {
    const opened = open();
    opened.see("A");
    expect(await opened.need(HOUR, 1000)).toEqual({
      outcome: "refused",
      reason: "no vehicle is plugged in at 's0/1'",
    });
    expect(await opened.need(HOUR, 1000, "s9/1")).toEqual({ outcome: "refused", reason: "there is no EVSE 's9/1'" });
  });
});

describe("what nobody said", () => {
  test("is learned from the sessions before, with how long they were and what they took", () => {
    const opened = open();
    opened.see("A");
    for (let day = 0; day < 3; day++) {
      opened.pass(MINUTE);
      stay(opened, 2 * HOUR);
      opened.pass(24 * HOUR - 2 * HOUR - MINUTE);
      opened.see("A");
    }
    expect(opened.kept().past.map(({ weekday, hour, stayMs }) => [weekday, Math.floor(hour), stayMs])).toEqual([
      [1, 9, 2 * HOUR],
      [2, 9, 2 * HOUR],
      [3, 9, 2 * HOUR],
    ]);
    const need = opened.see("B", 0).needs.get(EVSE);
    expect(need?.isEstimated).toBe(true);
    expect((need?.departsAt ?? 0) - opened.now()).toBe(2 * HOUR);
    expect(need?.energyWh).toBeCloseTo(11_000 * (119 / 60), 0);
    expect(open(opened.kept()).see("B").needs.get(EVSE)?.energyWh).toBe(need?.energyWh);
  });

  test.each([
    ["a vehicle that stood there already", (opened: Opened) => stay(opened, HOUR)],
    [
      "a second try",
      (opened: Opened) => {
        opened.see("A");
        stay(opened, 4 * MINUTE);
      },
    ],
  ])("is not learned from %s", (_name, live) => {
    const opened = open();
    live(opened);
    expect(opened.kept().past).toEqual([]);
  });

  test("is not learned from a session that ended while control was away", () => {
    const before = open();
    before.see("A");
    before.pass(MINUTE);
    before.see("C");
    const after = open(before.kept(), before.wallMs() + 8 * HOUR);
    after.see("A");
    expect(after.kept().past).toEqual([]);
  });

  test("is kept of the newest 500 sessions only", () => {
    const opened = open();
    opened.see("A");
    for (let i = 0; i < 510; i++) {
      opened.see("C");
      opened.pass((6 + i) * MINUTE);
      opened.see("A");
    }
    expect(opened.kept().past).toHaveLength(500);
    expect(opened.kept().past.at(-1)?.stayMs).toBe(515 * MINUTE);
  });
});

describe("a boost", () => {
  test("lasts its time on the monotonic clock, whatever the wall clock does (R10)", async () => {
    const opened = open();
    expect(await opened.boost(HOUR)).toEqual({ outcome: "applied", reason: null });
    opened.stepWallClock(5 * HOUR);
    expect(opened.see("C").boosts.get(EVSE)).toBe(opened.now() + HOUR);
    opened.pass(HOUR);
    opened.stepWallClock(-9 * HOUR);
    expect(opened.see("C").boosts.size).toBe(0);
  });

  test("ends on request, and when the vehicle leaves", async () => {
    const opened = open();
    opened.see("C");
    await opened.boost(HOUR);
    await opened.boost(null);
    expect(opened.see("C").boosts.size).toBe(0);
    await opened.boost(HOUR);
    opened.pass(MINUTE);
    expect(opened.see("A").boosts.size).toBe(0);
    expect(opened.kept().boosts).toEqual([]);
  });

  test("survives a restart with the time that is left, and no wall clock makes it last longer than a day", async () => {
    const before = open();
    before.see("C");
    await before.boost(HOUR);
    const after = open(before.kept(), before.wallMs() + 20 * MINUTE);
    expect((after.see("C").boosts.get(EVSE) ?? 0) - after.now()).toBe(40 * MINUTE);
    const astray = open(before.kept(), before.wallMs() - 1000 * HOUR);
    expect((astray.see("C").boosts.get(EVSE) ?? 0) - astray.now()).toBe(24 * HOUR);
  });

  test("is refused for an EVSE that does not exist", async () => {
    expect(await open().boost(HOUR, "s9/1")).toEqual({ outcome: "refused", reason: "there is no EVSE 's9/1'" });
  });
});
