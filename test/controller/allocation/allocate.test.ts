import { describe, expect, test } from "vitest";
import { allocate } from "#controller/allocation/allocate.ts";
import { EMPTY_MEMORY, NEW_EVSE, type EvseMemory } from "#controller/allocation/memory.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import { SETPOINT_VALID_MS } from "#controller/allocation/timing.ts";
import { allPhases } from "#controller/model/phase.ts";
import type { EvseReading } from "#controller/model/reading.ts";
import type { Snapshot } from "#controller/model/snapshot.ts";
import { instant } from "#controller/model/time.ts";
import { circuit, evse, reading, siteOf, snapshot } from "#test/controller/support/parts.ts";

const AT_MS = 1_000_000;
const AT = instant(AT_MS);
const GRID = circuit({ id: "grid", sealedA: allPhases(40), reserveA: 4, otherLoadA: [1, 2, 3] });

type Bay = {
  readonly reading?: Partial<EvseReading>;
  readonly memory?: Partial<EvseMemory>;
  readonly isSilent?: boolean;
  readonly evse?: Parameters<typeof evse>[1];
};

/** One cycle of bays that were told 10 A long ago and draw it. */
const cycle = (bays: readonly Bay[], more: Partial<Snapshot> = {}, guaranteeMinimums = false) => {
  const evses = bays.map((bay, i) => evse(`s${i}`, bay.evse));
  const site = siteOf({ circuits: [GRID, circuit({ id: "panel", parent: "grid" })], evses, guaranteeMinimums });
  const told = { setpointA: 10, boundA: 10, changedAt: instant(0), servedSince: instant(0), pluggedSince: instant(0) };
  const contact = { traffic: "all" as const, hasFallenBack: false, lastAnswerAt: AT, isFailsafeProven: true };
  return allocate({
    plan: planSite(site),
    strategy: STRATEGIES["equal-share"],
    previous: {
      ...EMPTY_MEMORY,
      evses: new Map(bays.map((bay, i) => [`s${i}/1`, { ...NEW_EVSE, ...told, ...bay.memory }])),
    },
    snapshot: snapshot({
      atMs: AT_MS,
      evses: new Map(
        bays.map((bay, i) => [`s${i}/1`, reading({ sampledAt: AT, terminalA: [10, 10, 10], ...bay.reading })]),
      ),
      contacts: new Map(
        bays.map((bay, i) => [`s${i}`, { station: `s${i}`, isReachable: bay.isSilent !== true, ...contact }]),
      ),
      ...more,
    }),
  });
};
const currents = (...given: Parameters<typeof cycle>) => cycle(...given).setpoints.map(({ currentA }) => currentA);

describe("a cycle", () => {
  test("shares the limit less reserve and load among those who ask, up to what they are worth a raise", () => {
    expect(currents([{}])).toEqual([32]);
    expect(currents([{}, {}, {}])).toEqual([11, 11, 11]);
    expect(
      currents([{}, {}, { reading: { state: "A", terminalA: [0, 0, 0] }, memory: { setpointA: 0, boundA: 0 } }]),
    ).toEqual([17, 16, 0]);
  });

  test("says of each setpoint why it is so and until when it holds (R9)", () => {
    const [first] = cycle([{}, {}]).setpoints;
    expect(first).toEqual({
      evse: "s0/1",
      currentA: 17,
      reason: { code: "circuit-limit", circuit: "grid", phase: "L3", source: "sealed" },
      expiresAt: AT_MS + SETPOINT_VALID_MS,
    });
  });

  test("stops everybody on an emergency stop, and says so (R12)", () => {
    const { setpoints } = cycle([{}, {}], { isEmergencyStopped: true });
    expect(setpoints).toMatchObject([
      { currentA: 0, reason: { code: "emergency-stop" } },
      { currentA: 0, reason: { code: "emergency-stop" } },
    ]);
  });

  test("keeps what a silent station may draw out of what it divides", () => {
    expect(currents([{ isSilent: true }, { memory: { setpointA: 30, boundA: 30 } }])).toEqual([0, 23]);
    const rated = { isSilent: true, evse: { failsafeA: null, maxA: 16 } };
    expect(currents([rated, { memory: { setpointA: 30, boundA: 30 } }])).toEqual([0, 17]);
  });

  test("keeps what a faulty or disobeying one draws out of what it divides", () => {
    const other = { memory: { setpointA: 30, boundA: 30 } };
    expect(currents([{ reading: { state: "F" } }, other])).toEqual([0, 23]);
    expect(currents([{ memory: { isDisobeying: true, setpointA: 6 } }, other])).toEqual([0, 23]);
    const gone = { reading: { state: "A" as const, terminalA: allPhases(0) }, memory: { setpointA: 0, boundA: 0 } };
    expect(currents([gone, other])).toEqual([0, 32]);
  });

  test("lowers others at once for what one draws too much while it is told", () => {
    const over = { memory: { setpointA: 6, boundA: 6, overSince: instant(AT_MS - 5000) } };
    const other = { memory: { setpointA: 30, boundA: 30 } };
    expect(currents([over, other])).toEqual([6, 14]);
    expect(currents([{ memory: { setpointA: 6, boundA: 6 } }, other])).toEqual([6, 16]);
  });

  test("takes a limit below what is in use for no room, not for a debt", () => {
    const limit = { circuit: "grid", source: "operating", scope: "all", lease: null } as const;
    const limits = [{ ...limit, limitA: allPhases(2), powerW: null }];
    expect(currents([{}, {}], { limits })).toEqual([0, 0]);
  });

  test("leaves minimums to lower classes where the site guarantees them", () => {
    const bays = [
      { evse: { priority: 1 } },
      { memory: { setpointA: 0, boundA: 0 }, reading: { terminalA: allPhases(0) } },
    ];
    expect(currents(bays)).toEqual([32, 0]);
    expect(currents(bays, {}, true)).toEqual([27, 6]);
  });

  test("shows every circuit as it saw it", () => {
    const { circuits } = cycle([{ reading: { terminalA: [10, 10, 4] } }, { reading: { terminalA: null } }]);
    expect(circuits).toMatchObject([
      {
        limit: { limitA: [40, 40, 40] },
        building: { loadA: [1, 2, 3], meterState: null },
        accountedA: [20, 20, 20],
        drawnA: [10, 10, 4],
        headroomA: [15, 14, 13],
      },
      { limit: { limitA: [32, 32, 32] }, accountedA: [0, 0, 0], drawnA: [0, 0, 0], headroomA: [32, 32, 32] },
    ]);
  });

  test("hands to the next cycle what it told, and what it saw of loads", () => {
    const { memory, observed } = cycle([{}, {}]);
    expect(memory.evses.get("s1/1")).toMatchObject({ setpointA: 16, changedAt: AT_MS, boundA: 16 });
    expect(memory.circuits.get("grid")?.loads).toEqual([{ at: AT_MS, loadA: [1, 2, 3] }]);
    expect(observed.map(({ accountedA }) => accountedA)).toEqual([
      [10, 10, 10],
      [10, 10, 10],
    ]);
  });
});
