import { describe, expect, test } from "vitest";
import type { NoClaim } from "#controller/allocation/division/claims.ts";
import { NEW_EVSE, NO_LOADS, peakLoad } from "#controller/allocation/memory.ts";
import { remember } from "#controller/allocation/remember.ts";
import { ASK_AGAIN_MS, ASK_FOR_MS, UNUSED_MS } from "#controller/allocation/timing.ts";
import { instant } from "#controller/model/time.ts";
import { claim, observed, reading } from "#test/controller/support/parts.ts";

const AT_MS = 10_000_000;
const NOW = instant(AT_MS);
const ago = (ms: number) => instant(AT_MS - ms);

type Part = NonNullable<Parameters<typeof observed>[0]>;

/** What is remembered of an EVSE that is told a current, of what it was seen to do. */
const after = (currentA: number, part: Part = {}, claimed: ReturnType<typeof claim> | NoClaim = claim()) => {
  const seen = observed({ reading: reading({ sampledAt: NOW }), drawnA: null, ...part });
  const memory = remember([{ observed: seen, currentA, hold: null }], [claimed], { now: NOW, missing: 3 }).get("bay/1");
  if (memory === undefined) throw new Error("one EVSE");
  return memory;
};

describe("what an EVSE was told", () => {
  test("is remembered with when it changed", () => {
    const memory = { setpointA: 6, changedAt: ago(50) };
    expect(after(10, { memory })).toMatchObject({ setpointA: 10, changedAt: NOW, missingAtPause: 3 });
    expect(after(6, { memory })).toMatchObject({ setpointA: 6, changedAt: ago(50), missingAtPause: 0 });
  });

  test("raises what it may draw at once, and never lowers it", () => {
    expect(after(10, { memory: { boundA: 6 } }).boundA).toBe(10);
    expect(after(6, { memory: { boundA: 10 } }).boundA).toBe(10);
    expect(after(6, { memory: { boundA: null } }).boundA).toBeNull();
  });

  test("says since when it is served, and since when it waits", () => {
    expect(after(6)).toMatchObject({ servedSince: NOW, waitingSince: null });
    expect(after(6, { memory: { servedSince: ago(9), waitingSince: ago(9) } })).toMatchObject({
      servedSince: ago(9),
      waitingSince: null,
    });
    expect(after(0, { memory: { servedSince: ago(9) } })).toMatchObject({ servedSince: null, waitingSince: NOW });
    expect(after(0, { memory: { waitingSince: ago(9) } }).waitingSince).toBe(ago(9));
    expect(after(0, {}, "resting").waitingSince).toBe(NOW);
    expect(after(0, { memory: { waitingSince: ago(9) } }, "no-vehicle").waitingSince).toBeNull();
    expect(after(0, {}, "silent").waitingSince).toBeNull();
  });
});

describe("a vehicle", () => {
  const at = (state: "A" | "B") => ({ reading: reading({ state }) });

  test("is plugged in from when it is first seen until it leaves", () => {
    expect(after(0, at("B")).pluggedSince).toBe(NOW);
    expect(after(0, { ...at("B"), memory: { pluggedSince: ago(9) } }).pluggedSince).toBe(ago(9));
    expect(after(0, { ...at("A"), memory: { pluggedSince: ago(9) } }).pluggedSince).toBeNull();
    expect(after(0, { reading: null, memory: { pluggedSince: ago(9) } }).pluggedSince).toBe(ago(9));
    expect(after(0, { reading: null }).pluggedSince).toBeNull();
  });

  test("has its pauses counted until it leaves", () => {
    expect(after(0, { memory: { setpointA: 6, pauses: 1 } }).pauses).toBe(2);
    expect(after(0, { memory: { setpointA: 0, pauses: 1 } }).pauses).toBe(1);
    expect(after(6, { memory: { setpointA: 10, pauses: 1 } }).pauses).toBe(1);
    expect(after(0, { ...at("A"), memory: { setpointA: 6, pauses: 1 } }).pauses).toBe(0);
  });
});

describe("a vehicle that draws less than it is offered", () => {
  const use = (drawnA: number, memory: NonNullable<Part["memory"]> = {}, currentA = 20) => {
    const { underSince, ceilingA } = after(currentA, { drawnA: [0, drawnA, 0], memory: { setpointA: 20, ...memory } });
    return { underSince, ceilingA };
  };
  const long = { underSince: ago(UNUSED_MS) };

  test("keeps its draw and a step after a while", () => {
    expect(use(10, long).ceilingA).toBe(12);
    expect(use(9.1, long).ceilingA).toBe(12);
    expect(use(10, { underSince: ago(UNUSED_MS - 1) })).toEqual({ underSince: ago(UNUSED_MS - 1), ceilingA: null });
    expect(use(10)).toEqual({ underSince: NOW, ceilingA: null });
    expect(use(10, { ceilingA: 15 })).toEqual({ underSince: NOW, ceilingA: 15 });
  });

  test("keeps its minimum at the least", () => {
    expect(use(0, long).ceilingA).toBe(6);
    expect(use(2, long).ceilingA).toBe(6);
  });

  test("draws clearly less only where a step and an ampere remain", () => {
    expect(use(17, long)).toEqual({ underSince: ago(UNUSED_MS), ceilingA: 19 });
    expect(use(17.1, { ...long, ceilingA: 12 })).toEqual({ underSince: null, ceilingA: 12 });
    expect(use(19, { ...long, ceilingA: 12 })).toEqual({ underSince: null, ceilingA: 12 });
    expect(use(19.1, { ...long, ceilingA: 12 })).toEqual({ underSince: null, ceilingA: null });
  });

  test("is forgotten when it is off, gone or unmeasured", () => {
    const memory = { setpointA: 20, ...long, ceilingA: 12 };
    const nothing = { underSince: null, ceilingA: null, ceilingSince: null };
    expect(after(20, { drawnA: [9, 9, 9], memory })).not.toMatchObject(nothing);
    expect(after(0, { drawnA: [9, 9, 9], memory })).toMatchObject(nothing);
    expect(after(20, { drawnA: null, memory })).toMatchObject(nothing);
    expect(after(20, { drawnA: [9, 9, 9], memory, reading: null })).toMatchObject(nothing);
    expect(after(20, { drawnA: [9, 9, 9], memory, reading: reading({ state: "A" }) })).toMatchObject(nothing);
  });

  test("is judged by when it was seen, not by when that is decided on", () => {
    const seen = { drawnA: [9, 9, 9], reading: reading({ sampledAt: ago(500) }) } as const;
    expect(after(20, { ...seen, memory: { setpointA: 20 } }).underSince).toBe(ago(500));
    const memory = { setpointA: 20, underSince: ago(UNUSED_MS) };
    expect(after(20, { ...seen, memory }).ceilingA).toBeNull();
  });

  test("is asked now and then whether it takes more", () => {
    const asked = (ms: number) => {
      const memory = { setpointA: 20, ...long, ceilingA: 12, ceilingSince: ago(ms) };
      const { ceilingA, ceilingSince } = after(20, { drawnA: [10, 0, 0], memory });
      return { ceilingA, ceilingSince };
    };
    expect(asked(ASK_AGAIN_MS - 1)).toEqual({ ceilingA: 12, ceilingSince: ago(ASK_AGAIN_MS - 1) });
    expect(asked(ASK_AGAIN_MS)).toEqual({ ceilingA: null, ceilingSince: ago(ASK_AGAIN_MS) });
    expect(asked(ASK_AGAIN_MS + ASK_FOR_MS - 1)).toMatchObject({ ceilingA: null });
    expect(asked(ASK_AGAIN_MS + ASK_FOR_MS)).toEqual({ ceilingA: 12, ceilingSince: NOW });
    const first = after(20, { drawnA: [10, 0, 0], memory: { setpointA: 20, ...long } });
    expect(first).toMatchObject({ ceilingA: 12, ceilingSince: NOW });
  });
});

describe("a vehicle that takes nothing", () => {
  const parked = (currentA: number, memory: NonNullable<Part["memory"]>, part: Part = {}, isIdle = true) =>
    after(currentA, { drawnA: [0, 0, 0], memory, ...part }, claim({ isIdle })).parkedTimes;

  test("is parked once it is paused while idle", () => {
    expect(parked(0, { setpointA: 6 })).toBe(1);
    expect(parked(0, { setpointA: 6 }, {}, false)).toBe(0);
    expect(parked(6, { setpointA: 6 })).toBe(0);
    expect(parked(0, { setpointA: 0 })).toBe(0);
  });

  test("is parked once more each time it was asked in vain, idle by then or not", () => {
    expect(parked(0, { setpointA: 6, parkedTimes: 2 }, {}, false)).toBe(3);
    expect(parked(0, { setpointA: 0, parkedTimes: 2 })).toBe(2);
    expect(parked(0, { setpointA: 6 }, { drawnA: null })).toBe(1);
  });

  test("stays parked while it rests, and no longer when it draws, leaves or falls silent", () => {
    const memory = { parkedTimes: 2 };
    const drawnA = [0, 0, 0] as const;
    expect(after(0, { memory, drawnA }, "resting").parkedTimes).toBe(2);
    expect(after(6, { memory, drawnA: [0, 0, 1] }).parkedTimes).toBe(0);
    expect(after(6, { memory, drawnA: [0, 0, 0.9] }).parkedTimes).toBe(2);
    expect(after(0, { memory, drawnA }, "no-vehicle").parkedTimes).toBe(0);
    expect(after(0, { memory, drawnA }, "silent").parkedTimes).toBe(0);
  });
});

test("everything else is remembered as it was observed", () => {
  const memory = { usedMask: 5, usedSince: ago(3), overSince: ago(2), isDisobeying: true };
  expect(after(0, { memory })).toMatchObject(memory);
  expect(remember([], [], { now: NOW, missing: 0 }).size).toBe(0);
});

test("a new EVSE counts at its rating and owes nobody anything", () => {
  expect(NEW_EVSE).toMatchObject({ setpointA: 0, boundA: null, isDisobeying: false, pauses: 0, parkedTimes: 0 });
});

test("the peak of no loads is zero, and of some the largest of each phase, also where all are below zero", () => {
  const loads = (...all: readonly (readonly [number, number, number])[]) =>
    peakLoad({ ...NO_LOADS, loads: all.map((loadA, k) => ({ at: instant(k), loadA })) });
  expect(loads()).toEqual([0, 0, 0]);
  expect(loads([1, 8, 3], [4, 2, 9], [5, 1, 1])).toEqual([5, 8, 9]);
  expect(loads([-4, -5, -6], [-5, -4, -7])).toEqual([-4, -4, -6]);
});
