import { describe, expect, test } from "vitest";
import { EMPTY_MEMORY, NEW_EVSE, type EvseMemory } from "#controller/allocation/memory.ts";
import { observe, type Observed } from "#controller/allocation/observation/accounted.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { LATE_MS, OBEY_MS, PHASES_SETTLED_MS, STATION_READING_MS } from "#controller/allocation/timing.ts";
import type { Phase } from "#controller/model/phase.ts";
import type { EvseReading } from "#controller/model/reading.ts";
import type { Station } from "#controller/model/site.ts";
import type { StationContact, WriteState } from "#controller/model/snapshot.ts";
import { instant } from "#controller/model/time.ts";
import { circuit, evse, reading, siteOf, snapshot } from "#test/controller/support/parts.ts";

const AT_MS = 100_000;
const ago = (ms: number) => instant(AT_MS - ms);

type Scene = {
  readonly evse?: Parameters<typeof evse>[1];
  readonly station?: Partial<Station>;
  readonly reading?: Partial<EvseReading> | null;
  readonly contact?: Partial<StationContact> | null;
  readonly write?: Partial<WriteState> | null;
  /** Null: never seen before. */
  readonly memory?: Partial<EvseMemory> | null;
};

const look = (scene: Scene): Observed => {
  const { memory = {}, contact = {}, write = {} } = scene;
  const site = siteOf({ circuits: [circuit({ id: "grid" })], evses: [evse("bay", scene.evse)] });
  const plan = planSite({ ...site, stations: site.stations.map((each) => ({ ...each, ...scene.station })) });
  const said = scene.reading === null ? [] : [["bay/1", reading({ sampledAt: ago(0), ...scene.reading })] as const];
  const heard = { station: "bay", isReachable: true, traffic: "all" as const, hasFallenBack: false };
  const talks = { ...heard, lastAnswerAt: ago(0), isFailsafeProven: true, ...contact };
  const told = { evse: "bay/1", possibleA: [6], acknowledgedA: 6, acknowledgedAt: ago(20_000), ...write };
  const [first] = observe(
    plan.evses,
    snapshot({
      atMs: AT_MS,
      evses: new Map(said),
      contacts: new Map(contact === null ? [] : [["bay", talks]]),
      writes: new Map(write === null ? [] : [["bay/1", told]]),
    }),
    memory === null ? EMPTY_MEMORY : { ...EMPTY_MEMORY, evses: new Map([["bay/1", { ...NEW_EVSE, ...memory }]]) },
  );
  if (first === undefined) throw new Error("one EVSE");
  return first;
};

describe("what a station says", () => {
  test("counts while it answers and the reading is not too old", () => {
    const at = (ms: number) => look({ reading: { sampledAt: ago(ms), terminalA: [6, 6, 6] } });
    expect(at(STATION_READING_MS)).toMatchObject({ isReachable: true, drawnA: [6, 6, 6] });
    expect(at(STATION_READING_MS + 1)).toMatchObject({ isReachable: false, drawnA: null });
    expect(look({ contact: { isReachable: false } }).isReachable).toBe(false);
    expect(look({ contact: null }).isReachable).toBe(false);
    expect(look({ reading: null })).toMatchObject({ isReachable: false, reading: null });
  });

  test("is turned onto the grid by the wiring of the EVSE", () => {
    const drawn = (phases: readonly Phase[]) => look({ evse: { phases }, reading: { terminalA: [6, 7, 8] } }).drawnA;
    expect(drawn(["L1", "L2", "L3"])).toEqual([6, 7, 8]);
    expect(drawn(["L2", "L3", "L1"])).toEqual([8, 6, 7]);
    expect(drawn(["L3"])).toEqual([0, 0, 6]);
    expect(look({ reading: { terminalA: null } }).drawnA).toBeNull();
  });
});

describe("first contact", () => {
  const meet = (said: Partial<EvseReading>, more: Scene = {}) =>
    look({ memory: null, write: null, reading: said, ...more }).memory.setpointA;

  test("keeps what the station offers a vehicle that charges", () => {
    expect(meet({ offeredA: 16.7 })).toBe(16);
    expect(meet({ offeredA: 16, state: "D" })).toBe(16);
    expect(meet({ offeredA: 80 })).toBe(32);
    expect(meet({ offeredA: 6 })).toBe(6);
  });

  test("keeps what the vehicle draws where the station does not say", () => {
    expect(meet({ terminalA: [7.5, 9.5, 0] })).toBe(9);
    expect(meet({ terminalA: null })).toBe(0);
  });

  test("keeps nothing below the minimum, or of a vehicle that does not charge", () => {
    expect(meet({ offeredA: 5.9 })).toBe(0);
    expect(meet({ offeredA: 16, state: "B" })).toBe(0);
  });

  test("is over once the EVSE was heard", () => {
    expect(meet({ offeredA: 16 }, { memory: { boundA: 10, setpointA: 10 } })).toBe(10);
    expect(meet({ offeredA: 16 }, { contact: { isReachable: false } })).toBe(0);
  });

  test("counts the EVSE as what it offers, or as its rating where it does not say", () => {
    expect(look({ memory: null, write: null, reading: { offeredA: 16 } })).toMatchObject({ boundA: 16 });
    expect(look({ memory: null, write: null }).memory.boundA).toBe(32);
    expect(look({ memory: null, reading: null }).memory.boundA).toBeNull();
  });
});

describe("the upper bound of what an EVSE may draw (R2)", () => {
  const bound = (scene: Scene) => look(scene).boundA;
  const measured = { terminalA: [6, 6, 6] } as const;

  test("rises at once with everything it may have been told", () => {
    expect(bound({ memory: { boundA: 6, setpointA: 6 }, write: { possibleA: [6, 16] } })).toBe(16);
    expect(bound({ memory: { boundA: 6, setpointA: 20 } })).toBe(20);
  });

  test("falls when a measurement after the acknowledged write shows that the vehicle follows", () => {
    const memory = { boundA: 16, setpointA: 6 };
    expect(bound({ memory, reading: measured })).toBe(6);
    expect(bound({ memory, reading: measured, write: { acknowledgedAt: ago(0) } })).toBe(6);
    expect(bound({ memory, reading: { ...measured, sampledAt: ago(1) }, write: { acknowledgedAt: ago(0) } })).toBe(16);
    expect(bound({ memory, reading: measured, write: { acknowledgedAt: null } })).toBe(16);
    expect(bound({ memory, reading: { terminalA: [9, 9, 9] } })).toBe(16);
  });

  test("falls no further than the highest current of which the station may still hold one", () => {
    expect(bound({ memory: { boundA: 16, setpointA: 6 }, reading: measured, write: { possibleA: [10, 6] } })).toBe(10);
  });

  test("stays while nothing was ever written", () => {
    expect(bound({ memory: { boundA: 16 }, reading: measured, write: { possibleA: [] } })).toBe(16);
    expect(bound({ memory: { boundA: 16, setpointA: 6 }, reading: measured, write: { possibleA: [] } })).toBe(16);
    expect(bound({ memory: { boundA: 16 }, reading: measured, write: null })).toBe(16);
  });

  test("falls, where nothing is measured, when the reaction time is over and the station reads back the lower value", () => {
    const memory = { boundA: 16, setpointA: 6 };
    const since = (ms: number, offeredA: number | null) =>
      bound({ memory, reading: { offeredA }, write: { acknowledgedAt: ago(ms) } });
    expect(since(5000, 6)).toBe(6);
    expect(since(5000, null)).toBe(6);
    expect(since(5000, 6.5)).toBe(6.5);
    expect(since(4999, 6)).toBe(16);
    expect(since(5000, 7)).toBe(16);
  });

  test("is, where nothing is measured, at least what the station says it holds, up to its maximum", () => {
    const memory = { boundA: 6, setpointA: 6 };
    expect(bound({ memory, reading: { offeredA: 20 } })).toBe(20);
    expect(bound({ memory, reading: { offeredA: 80 } })).toBe(32);
    expect(bound({ memory, reading: { offeredA: 20, terminalA: [6, 6, 6] } })).toBe(6);
  });

  test("is at least what the vehicle was seen to draw beyond its setpoint", () => {
    expect(bound({ memory: { boundA: 6, setpointA: 6 }, reading: { terminalA: [6, 9, 6] } })).toBe(9);
    expect(bound({ memory: { boundA: 6, setpointA: 6 }, reading: { terminalA: [6, 7.1, 6] } })).toBe(6);
  });

  test("is at least the failsafe current when more than half the watchdog time passed unanswered", () => {
    const memory = { boundA: 0 };
    const due = (ms: number, more: Scene = {}) =>
      bound({ memory, write: { possibleA: [0] }, contact: { lastAnswerAt: ago(ms) }, ...more });
    expect(due(5001)).toBe(6);
    expect(due(5000)).toBe(0);
    expect(due(5001, { evse: { failsafeA: null } })).toBe(0);
    expect(due(5001, { station: { watchdogMs: null } })).toBe(0);
    expect(due(0, { contact: { lastAnswerAt: null } })).toBe(0);
  });
});

describe("a silent station (R2)", () => {
  const silent = (scene: Scene) =>
    look({ ...scene, contact: { isReachable: false, ...scene.contact }, memory: scene.memory ?? { boundA: 10 } });

  test("counts as the most it was told, its failsafe and its current at power-on", () => {
    expect(silent({})).toMatchObject({ boundA: 10, memory: { boundA: 10 } });
    expect(silent({ write: { possibleA: [6, 14] } }).boundA).toBe(14);
    expect(silent({ evse: { failsafeA: 12 } }).boundA).toBe(12);
    expect(silent({ evse: { powerOnA: 13 } }).boundA).toBe(13);
    expect(silent({ memory: { boundA: null } }).boundA).toBe(32);
    expect(silent({ write: null }).boundA).toBe(10);
  });

  test("counts as its failsafe alone once it surely fell back", () => {
    expect(silent({ contact: { hasFallenBack: true } }).boundA).toBe(6);
  });

  test("counts at its rating where it has no failsafe, no watchdog, or neither is proven", () => {
    const fallen = { hasFallenBack: true };
    expect(silent({ contact: { ...fallen, isFailsafeProven: false } }).boundA).toBe(32);
    expect(silent({ contact: fallen, evse: { failsafeA: null } }).boundA).toBe(32);
    expect(silent({ contact: fallen, station: { watchdogMs: null } }).boundA).toBe(32);
    expect(look({ contact: null, memory: { boundA: 10 } }).boundA).toBe(32);
  });

  test("counts on all phases it is wired to, and on no others", () => {
    const memory = { boundA: 10, usedMask: 2, usedSince: ago(PHASES_SETTLED_MS) };
    expect(silent({ memory })).toMatchObject({ phaseMask: 7, accountedA: [10, 10, 10] });
    expect(silent({ memory, evse: { phases: ["L3", "L1"] } })).toMatchObject({ accountedA: [10, 0, 10] });
  });
});

describe("phases in use", () => {
  const memory = { boundA: 10, setpointA: 10 };
  const write = { possibleA: [10] };

  test("are believed once readings showed them for long enough", () => {
    const since = (ms: number) =>
      look({ memory: { ...memory, usedMask: 2, usedSince: ago(ms) }, write, reading: { terminalA: [0, 10, 0] } });
    expect(since(PHASES_SETTLED_MS)).toMatchObject({ phaseMask: 2, accountedA: [0, 10, 0] });
    expect(since(PHASES_SETTLED_MS - 1)).toMatchObject({ phaseMask: 7, accountedA: [10, 10, 10] });
  });

  test("begin to count from the reading that shows them, and again when one more shows", () => {
    const see = (usedMask: number, terminalA: readonly [number, number, number], state: "B" | "C" | "D" = "C") => {
      const before = { ...memory, usedMask, usedSince: usedMask === 0 ? null : ago(50_000) };
      const { memory: after } = look({ memory: before, write, reading: { terminalA, sampledAt: ago(7), state } });
      return { usedMask: after.usedMask, usedSince: after.usedSince };
    };
    expect(see(0, [10, 0.9, 1])).toEqual({ usedMask: 5, usedSince: ago(7) });
    expect(see(1, [10, 10, 0])).toEqual({ usedMask: 3, usedSince: ago(7) });
    expect(see(3, [10, 0, 0])).toEqual({ usedMask: 3, usedSince: ago(50_000) });
    expect(see(1, [10, 0, 0], "D")).toEqual({ usedMask: 1, usedSince: ago(50_000) });
    expect(see(1, [10, 0, 0], "B")).toEqual({ usedMask: 0, usedSince: null });
    expect(see(1, [0.9, 0, 0])).toEqual({ usedMask: 0, usedSince: null });
  });

  test("that draw although they are not counted are accounted with what they draw", () => {
    const used = { ...memory, usedMask: 2, usedSince: ago(PHASES_SETTLED_MS) };
    const given = look({ memory: used, write, reading: { terminalA: [0.5, 10, 0] } });
    expect(given.accountedA).toEqual([0.5, 10, 0]);
  });
});

describe("a vehicle that draws more than it was told", () => {
  const over = (memory: Partial<EvseMemory>, terminalA: readonly [number, number, number] = [9, 9, 10]) =>
    look({ memory: { boundA: 6, setpointA: 6, ...memory }, reading: { terminalA } });

  test("is given a tolerance of a tenth and half an ampere, and 1 A whatever it was told", () => {
    expect(over({}, [7.1, 7.1, 7.1]).memory.overSince).toBeNull();
    expect(over({}, [0, 7.2, 0]).memory.overSince).toBe(AT_MS);
    expect(over({ setpointA: 0 }, [1, 1, 1]).memory.overSince).toBeNull();
    expect(over({ setpointA: 0 }, [1.1, 0, 0]).memory.overSince).toBe(AT_MS);
  });

  test("makes others give way once it had time to react", () => {
    expect(over({ overSince: ago(LATE_MS) }).excessA).toEqual([3, 3, 4]);
    expect(over({ overSince: ago(LATE_MS) }, [5, 9, 10]).excessA).toEqual([0, 3, 4]);
    expect(over({ overSince: ago(LATE_MS - 1) }).excessA).toEqual([0, 0, 0]);
    expect(over({ overSince: ago(LATE_MS), changedAt: ago(LATE_MS - 1) }).excessA).toEqual([0, 0, 0]);
    expect(over({ overSince: ago(LATE_MS - 1), changedAt: ago(LATE_MS) }).excessA).toEqual([0, 0, 0]);
  });

  test("disobeys after a while, until it obeys", () => {
    expect(over({ overSince: ago(OBEY_MS) }).isDisobeying).toBe(true);
    expect(over({ overSince: ago(OBEY_MS - 1) }).isDisobeying).toBe(false);
    expect(over({ overSince: ago(0), isDisobeying: true }).memory.isDisobeying).toBe(true);
    expect(over({ overSince: ago(OBEY_MS), isDisobeying: true }, [6, 6, 6]).memory).toMatchObject({
      isDisobeying: false,
      overSince: null,
    });
  });

  test("is not judged where nothing is measured", () => {
    const given = look({ memory: { boundA: 6, setpointA: 6, overSince: ago(OBEY_MS) }, reading: { terminalA: null } });
    expect(given).toMatchObject({ isDisobeying: false, excessA: [0, 0, 0] });
  });
});
