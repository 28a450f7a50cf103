import { describe, expect, test } from "vitest";
import { claimOf, type Claim } from "#controller/allocation/division/claims.ts";
import { planSite } from "#controller/allocation/plan.ts";
import {
  IDLE_MS,
  idleProbeMs,
  PHASE_IN_USE_A,
  RESTART_HOLD_MS,
  RETURN_HOLD_MS,
  UNUSED_MS,
} from "#controller/allocation/timing.ts";
import { UNKNOWN_NEED } from "#controller/model/need.ts";
import { instant } from "#controller/model/time.ts";
import { circuit, evse, observed, reading, siteOf, snapshot } from "#test/controller/support/parts.ts";

const AT_MS = 10_000_000;
const ago = (ms: number) => instant(AT_MS - ms);
type Part = Parameters<typeof observed>[0];

const claimed = (part: Part = {}, more: Parameters<typeof snapshot>[0] = {}, missing = 0) =>
  claimOf(observed(part), { snapshot: snapshot({ atMs: AT_MS, ...more }), voltageV: 230, missing });
const claim = (part: Part = {}, more: Parameters<typeof snapshot>[0] = {}): Claim => {
  const made = claimed(part, more);
  if (typeof made === "string") throw new Error(`no claim: ${made}`);
  return made;
};
const plannedWith = (part: Parameters<typeof evse>[1]) =>
  planSite(siteOf({ evses: [evse("bay", part)], circuits: [circuit({ id: "grid" })] })).evses[0] as NonNullable<
    ReturnType<typeof planSite>["evses"][0]
  >;

describe("an EVSE makes no claim", () => {
  test.each([
    ["silent", { isReachable: false }],
    ["silent", { reading: null }],
    ["disobeys", { isDisobeying: true }],
    ["no-vehicle", { reading: reading({ state: "A" }) }],
    ["station-fault", { reading: reading({ state: "E" }) }],
    ["station-fault", { reading: reading({ state: "F" }) }],
  ] as const)("and says why: %s", (reason, part) => {
    expect(claimed(part)).toBe(reason);
  });

  test("and a silent one is silent, whatever it said last", () => {
    expect(claimed({ isReachable: false, isDisobeying: true, reading: reading({ state: "A" }) })).toBe("silent");
    expect(claimed({ isDisobeying: true, reading: reading({ state: "A" }) })).toBe("disobeys");
  });

  test("while it rests after it was paused", () => {
    const paused = (ms: number) => ({ memory: { setpointA: 0, changedAt: ago(ms), waitingSince: ago(ms) } });
    expect(claimed(paused(RESTART_HOLD_MS - 1))).toBe("resting");
    expect(claim(paused(RESTART_HOLD_MS)).minA).toBe(6);
  });

  test("for a short while alone where one of the devices is back that were missing when it was paused", () => {
    const paused = (ms: number) => ({ changedAt: ago(ms), waitingSince: ago(ms), missingAtPause: 2 });
    expect(claimed({ memory: paused(RETURN_HOLD_MS - 1) }, {}, 1)).toBe("resting");
    expect(claimed({ memory: paused(RETURN_HOLD_MS) }, {}, 1)).not.toBe("resting");
    expect(claimed({ memory: paused(RETURN_HOLD_MS) }, {}, 2)).toBe("resting");
  });

  test("for longer each time it was asked in vain", () => {
    const parked = (ms: number, parkedTimes: number) => ({
      memory: { setpointA: 0, changedAt: ago(ms), waitingSince: ago(ms), parkedTimes },
    });
    expect(idleProbeMs(1)).toBe(15 * 60_000);
    expect(idleProbeMs(2)).toBe(30 * 60_000);
    expect(idleProbeMs(9)).toBe(120 * 60_000);
    expect(claimed(parked(idleProbeMs(1) - 1, 1))).toBe("resting");
    expect(claimed(parked(idleProbeMs(1), 1))).not.toBe("resting");
    expect(claimed(parked(idleProbeMs(2) - 1, 2))).toBe("resting");
  });

  test("but not because the controller has only just started", () => {
    expect(claimed({}, { atMs: 10 })).not.toBe("resting");
  });

  test("only for a pause: one that runs, came new or waits for longer than its last change has no rest", () => {
    expect(claimed({ memory: { setpointA: 6, changedAt: ago(1), waitingSince: ago(1) } })).not.toBe("resting");
    expect(claimed({ memory: { setpointA: 0, changedAt: null, waitingSince: null } })).not.toBe("resting");
    expect(claimed({ memory: { setpointA: 0, changedAt: ago(1), waitingSince: ago(2) } })).not.toBe("resting");
  });
});

describe("a claim", () => {
  test("is between minimum and maximum on a step that the EVSE accepts", () => {
    const planned = plannedWith({ minA: 6.2, maxA: 15.7, stepA: 0.5 });
    expect(claim({ planned })).toMatchObject({ minA: 6.5, maxA: 15.5, stepA: 0.5 });
  });

  test("asks for no more than its vehicle was seen to take, and never for less than the minimum", () => {
    expect(claim({ memory: { ceilingA: 9.9 } }).maxA).toBe(9);
    expect(claim({ memory: { ceilingA: 40 } }).maxA).toBe(32);
    expect(claim({ memory: { ceilingA: 3 } }).maxA).toBe(6);
  });

  test("loads the phases that are accounted for, and all it is wired to where they make no sense", () => {
    expect(claim({ phaseMask: 2 })).toMatchObject({ wattsPerA: 230, rows: Int32Array.of(1, 3) });
    expect(claim({ phaseMask: 5 })).toMatchObject({ wattsPerA: 460, rows: Int32Array.of(0, 2, 3, 3) });
    expect(claim({ phaseMask: 6 })).toMatchObject({ wattsPerA: 460 });
    expect(claim({ phaseMask: 99 })).toMatchObject({ wattsPerA: 690, rows: Int32Array.of(0, 1, 2, 3, 3, 3) });
  });

  test("carries what the EVSE is worth, when its vehicle came and what it needs", () => {
    const planned = plannedWith({ priority: 3, weight: 0.5 });
    const need = { ...UNKNOWN_NEED, departsAt: instant(5), energyWh: 7 };
    expect(claim({ planned, memory: { pluggedSince: ago(7) } }, { needs: new Map([["bay/1", need]]) })).toMatchObject({
      evse: "bay/1",
      priority: 3,
      weight: 0.5,
      arrivedAt: ago(7),
      need,
    });
    expect(claim()).toMatchObject({ arrivedAt: AT_MS, need: { departsAt: null, energyWh: null } });
  });
});

describe("a vehicle is idle", () => {
  const idle = (ms: number, part: Part = {}) =>
    claim({ ...part, memory: { underSince: ago(ms), ...part.memory } }).isIdle;

  test("once it has drawn nothing of its offer for long", () => {
    expect(idle(IDLE_MS)).toBe(true);
    expect(idle(IDLE_MS - 1)).toBe(false);
    expect(claim().isIdle).toBe(false);
  });

  test("sooner where it was asked in vain before", () => {
    expect(idle(UNUSED_MS, { memory: { parkedTimes: 1, setpointA: 6 } })).toBe(true);
    expect(idle(UNUSED_MS - 1, { memory: { parkedTimes: 1, setpointA: 6 } })).toBe(false);
  });

  test("only where it is seen to draw nothing on any phase", () => {
    expect(idle(IDLE_MS, { drawnA: [0, PHASE_IN_USE_A, 0] })).toBe(false);
    expect(idle(IDLE_MS, { drawnA: [0.9, 0.9, 0.9] })).toBe(true);
    expect(idle(IDLE_MS, { drawnA: null })).toBe(false);
  });
});
