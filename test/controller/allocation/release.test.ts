import { describe, expect, test } from "vitest";
import { planSite } from "#controller/allocation/plan.ts";
import { release, type Goal, type Release } from "#controller/allocation/release.ts";
import { RAISE_HOLD_MS } from "#controller/allocation/timing.ts";
import { allPhases, type PhaseVector } from "#controller/model/phase.ts";
import { instant } from "#controller/model/time.ts";
import { circuit, evse, observed, siteOf } from "#test/controller/support/parts.ts";

const NOW = instant(1_000_000);
const ago = (ms: number) => instant(NOW - ms);

type GoalPart = {
  readonly currentA: number;
  readonly maxA?: number;
  readonly setpointA?: number;
  readonly changedMs?: number | null;
  readonly accountedA?: PhaseVector;
  readonly phaseMask?: number;
  readonly evse?: Parameters<typeof evse>[1];
};

type Room = {
  readonly headroomA?: number;
  readonly powerA?: number;
  readonly accountedA?: number;
  readonly old?: number;
};

/** Releases goals on one circuit: rows 0 to 2 its phases, row 3 its power. */
const released = (parts: readonly GoalPart[], room: Room = {}) => {
  const plan = planSite(
    siteOf({ circuits: [circuit({ id: "grid" })], evses: parts.map((part, i) => evse(`s${i}`, part.evse)) }),
  );
  const goals = parts.map((part, i): Goal => {
    const { currentA, maxA = 32, setpointA = 0, changedMs = RAISE_HOLD_MS, accountedA, phaseMask = 7 } = part;
    const memory = { setpointA, changedAt: changedMs === null ? null : ago(changedMs) };
    const seen = { memory, phaseMask, accountedA: accountedA ?? allPhases(setpointA) };
    return { observed: observed({ ...seen, ...(plan.evses[i] && { planned: plan.evses[i] }) }), currentA, maxA };
  });
  const { headroomA = 100, powerA = Infinity, accountedA = 0, old } = room;
  const rows = {
    headroomA: Float64Array.of(headroomA, headroomA, headroomA, powerA),
    accountedA: Float64Array.of(accountedA, accountedA, accountedA, 3 * accountedA),
    isRaiseForbidden: Uint8Array.of(0, 0, 0, 0),
  };
  if (old !== undefined) rows.isRaiseForbidden[old] = 1;
  return { all: release(goals, rows, NOW), rows };
};
const one = (part: GoalPart, room: Room = {}): Pick<Release, "currentA" | "hold"> => {
  const [{ currentA, hold } = { currentA: NaN, hold: null }] = released([part], room).all;
  return { currentA, hold };
};
const currents = (parts: readonly GoalPart[], room: Room = {}) =>
  released(parts, room).all.map(({ currentA }) => currentA);

describe("a reduction", () => {
  test("goes out at once, whatever else holds", () => {
    const room = { headroomA: -50, accountedA: 90, old: 0 };
    expect(one({ setpointA: 16, currentA: 7, changedMs: 0 }, room)).toEqual({ currentA: 7, hold: null });
    expect(one({ setpointA: 16, currentA: 0, changedMs: 0 }, room)).toEqual({ currentA: 0, hold: null });
    expect(one({ setpointA: 16, currentA: 16, changedMs: 0 }, room)).toEqual({ currentA: 16, hold: null });
  });

  test("gives nobody else its room before it is confirmed (R3)", () => {
    const parts = [
      { setpointA: 16, currentA: 6 },
      { setpointA: 6, currentA: 16 },
    ];
    expect(currents(parts, { headroomA: 22, accountedA: 22 })).toEqual([6, 6]);
  });
});

describe("a start", () => {
  test("is at the minimum, on a step, and then ramps (R8)", () => {
    expect(one({ currentA: 20 })).toEqual({ currentA: 6, hold: { by: "time" } });
    expect(one({ currentA: 6 })).toEqual({ currentA: 6, hold: null });
    expect(one({ currentA: 20, evse: { minA: 6.5, stepA: 4 } })).toEqual({ currentA: 8, hold: { by: "time" } });
  });

  test("needs no hold, but room for the minimum", () => {
    expect(one({ currentA: 20, changedMs: 0 }).currentA).toBe(6);
    expect(one({ currentA: 20 }, { headroomA: 26, accountedA: 20 })).toEqual({ currentA: 6, hold: { by: "time" } });
    expect(one({ currentA: 20 }, { headroomA: 25.9, accountedA: 20 })).toEqual({
      currentA: 0,
      hold: { by: "others", row: 0 },
    });
  });
});

describe("a raise", () => {
  const raise = { setpointA: 10, currentA: 20 };

  test("waits until the last change is long enough ago", () => {
    expect(one(raise)).toEqual({ currentA: 20, hold: null });
    expect(one({ ...raise, changedMs: RAISE_HOLD_MS - 1 })).toEqual({ currentA: 10, hold: { by: "time" } });
    expect(one({ ...raise, changedMs: null }).currentA).toBe(20);
  });

  test("waits for a meter that is old, on any row it loads (R4)", () => {
    expect(one(raise, { old: 2 })).toEqual({ currentA: 10, hold: { by: "meter", row: 2 } });
    expect(one({ ...raise, phaseMask: 3 }, { old: 2 }).currentA).toBe(20);
    expect(one(raise, { old: 0 })).toEqual({ currentA: 10, hold: { by: "meter", row: 0 } });
  });

  test("goes as far as there is room even if everybody draws all that is accounted to them", () => {
    expect(one(raise, { headroomA: 30, accountedA: 25 })).toEqual({ currentA: 15, hold: { by: "others", row: 0 } });
    expect(one(raise, { headroomA: 35, accountedA: 25 })).toEqual({ currentA: 20, hold: null });
  });

  test("goes no further than the power of the circuit bears on all its phases", () => {
    expect(one(raise, { powerA: 45, accountedA: 10 })).toEqual({ currentA: 15, hold: { by: "others", row: 3 } });
    expect(one({ ...raise, phaseMask: 1, accountedA: [10, 0, 0] }, { powerA: 34, accountedA: 10 }).currentA).toBe(14);
  });

  test("is on a step", () => {
    expect(one(raise, { headroomA: 15.9, accountedA: 10 }).currentA).toBe(15);
    expect(one({ ...raise, evse: { stepA: 0.5 } }, { headroomA: 15.9, accountedA: 10 }).currentA).toBe(15.5);
  });

  test("is worth a write from one ampere on, or where it reaches what is asked for", () => {
    const fine = { evse: { stepA: 0.1 }, setpointA: 10 };
    expect(one({ ...fine, currentA: 10.9 })).toEqual({ currentA: 10, hold: { by: "others", row: 0 } });
    expect(one({ ...fine, currentA: 11 }).currentA).toBe(11);
    expect(one({ ...fine, currentA: 10.5, maxA: 10.5 })).toEqual({ currentA: 10.5, hold: null });
    expect(one({ ...fine, currentA: 10.5, maxA: 10.6 }).currentA).toBe(10);
  });

  test("never lowers, however little room there is", () => {
    expect(one({ ...raise, maxA: 8 }, { headroomA: 9, accountedA: 10 }).currentA).toBe(10);
    expect(one(raise, { headroomA: -5, accountedA: 10 })).toEqual({ currentA: 10, hold: { by: "others", row: 0 } });
  });

  test("takes from the room of others what goes beyond what it is accounted for", () => {
    const { rows } = released([{ ...raise, accountedA: [10, 12, 30] }], { accountedA: 30 });
    expect([...rows.accountedA]).toEqual([40, 38, 30, 108]);
    expect([...released([{ setpointA: 10, currentA: 10 }], { accountedA: 30 }).rows.accountedA]).toEqual([
      30, 30, 30, 90,
    ]);
  });
});

describe("the order of raises", () => {
  const raise = (setpointA: number, priority = 0): GoalPart => ({ setpointA, currentA: 20, evse: { priority } });

  test("is by priority, then who has least, then as they come", () => {
    expect(currents([raise(10), raise(10, 1)], { headroomA: 30, accountedA: 20 })).toEqual([10, 20]);
    expect(currents([raise(10), raise(8)], { headroomA: 28, accountedA: 18 })).toEqual([10, 18]);
    expect(currents([raise(10), raise(10)], { headroomA: 30, accountedA: 20 })).toEqual([20, 10]);
  });

  test("does not change the order of what is told", () => {
    const { all } = released([raise(10), raise(8), raise(6, 1)]);
    expect(all.map(({ observed: { planned } }) => planned.evse.id)).toEqual(["s0/1", "s1/1", "s2/1"]);
  });
});
