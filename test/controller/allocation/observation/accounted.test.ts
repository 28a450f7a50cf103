import { describe, expect, test } from "vitest";
import { EMPTY_MEMORY, NEW_EVSE, type EvseMemory, type Memory } from "#controller/allocation/memory.ts";
import { observe, type Observed } from "#controller/allocation/observation/accounted.ts";
import { planSite } from "#controller/allocation/plan.ts";
import type { PhaseVector } from "#controller/model/phase.ts";
import { instant } from "#controller/model/time.ts";
import { evse, SITE } from "#test/controller/support/one-station.ts";

const plan = planSite(SITE);

type Scene = {
  readonly atMs: number;
  readonly sampledAtMs: number;
  readonly drawnA: PhaseVector;
  readonly toldA: number;
  readonly acknowledgedAtMs?: number;
  readonly answeredAtMs?: number;
  readonly isReachable?: boolean;
};

const look = (scene: Scene, memory: Partial<EvseMemory>): Observed => {
  const { atMs, sampledAtMs, drawnA, toldA, acknowledgedAtMs = 0, answeredAtMs = atMs, isReachable = true } = scene;
  const reading = { evse: evse.id, sampledAt: instant(sampledAtMs), state: "C" as const, terminalA: drawnA };
  const unsaid = { offeredA: null, powerW: null, energyWh: null, failsafeA: null, failsafeTimeoutMs: null };
  const contact = { station: "bay", traffic: "all" as const, hasFallenBack: false, isFailsafeProven: true };
  const acknowledgedAt = instant(acknowledgedAtMs);
  const previous: Memory = { ...EMPTY_MEMORY, evses: new Map([[evse.id, { ...NEW_EVSE, ...memory }]]) };
  const [observed] = observe(
    plan.evses,
    {
      at: instant(atMs),
      evses: new Map([[evse.id, { ...reading, ...unsaid }]]),
      meters: new Map(),
      inverters: new Map(),
      contacts: new Map([["bay", { ...contact, isReachable, lastAnswerAt: instant(answeredAtMs) }]]),
      writes: new Map([[evse.id, { evse: evse.id, possibleA: [toldA], acknowledgedA: toldA, acknowledgedAt }]]),
      limits: [],
      needs: new Map(),
      boosts: new Map(),
      strategy: "equal-share",
      prices: [],
      isEmergencyStopped: false,
      isOnGenerator: false,
      faults: [],
    },
    previous,
  );
  if (observed === undefined) throw new Error("one EVSE");
  return observed;
};

describe("an old reading (R4)", () => {
  test("from before a reduction does not lower what the EVSE counts as", () => {
    const scene = { atMs: 12_000, drawnA: [5, 5, 5], toldA: 6, acknowledgedAtMs: 5000 } as const;
    expect(look({ ...scene, sampledAtMs: 4000 }, { setpointA: 6, boundA: 32 }).accountedA).toEqual([32, 32, 32]);
    expect(look({ ...scene, sampledAtMs: 6000 }, { setpointA: 6, boundA: 32 }).accountedA).toEqual([6, 6, 6]);
  });

  test("gives no credit for phases that time alone has passed for", () => {
    const scene = { atMs: 40_000, drawnA: [16, 0, 0], toldA: 16 } as const;
    const memory = { setpointA: 16, boundA: 16, usedMask: 1, usedSince: instant(5000) };
    expect(look({ ...scene, sampledAtMs: 30_000 }, memory).accountedA).toEqual([16, 16, 16]);
    expect(look({ ...scene, sampledAtMs: 35_000 }, memory).accountedA).toEqual([16, 0, 0]);
  });

  test("is no evidence that a vehicle disobeys what it was told since", () => {
    const scene = { atMs: 20_000, drawnA: [16, 16, 16], toldA: 6 } as const;
    const memory = { setpointA: 6, boundA: 16, changedAt: instant(10_000), overSince: instant(9000) };
    expect(look({ ...scene, sampledAtMs: 9000 }, memory)).toMatchObject({ isDisobeying: false, excessA: [0, 0, 0] });
    expect(look({ ...scene, sampledAtMs: 17_000 }, memory)).toMatchObject({
      isDisobeying: true,
      excessA: [10, 10, 10],
    });
  });
});

test("a silence withdraws the credit for unused phases: another vehicle may stand there", () => {
  const memory = { setpointA: 16, boundA: 16, usedMask: 1, usedSince: instant(5000) };
  const scene = { drawnA: [16, 0, 0], toldA: 16 } as const;
  const silent = look({ ...scene, atMs: 60_000, sampledAtMs: 50_000, isReachable: false }, memory);
  const back = look({ ...scene, atMs: 61_000, sampledAtMs: 61_000 }, silent.memory);
  expect(back.accountedA).toEqual([16, 16, 16]);
});

test("a vehicle seen to draw more than it was told counts with that when its station falls silent (R2)", () => {
  const scene = { drawnA: [16, 16, 16], toldA: 6 } as const;
  const over = look({ ...scene, atMs: 5000, sampledAtMs: 5000 }, { setpointA: 6, boundA: 6 });
  const silent = look({ ...scene, atMs: 9000, sampledAtMs: 5000, isReachable: false }, over.memory);
  expect(silent.accountedA).toEqual([16, 16, 16]);
  const obeys = { ...scene, drawnA: [6, 6, 6], atMs: 10_000, sampledAtMs: 10_000 } as const;
  expect(look(obeys, silent.memory).accountedA).toEqual([6, 6, 6]);
});

test("a station unanswered for half its watchdog time counts as its failsafe at the least, for it may rise to it", () => {
  const scene = { atMs: 20_000, sampledAtMs: 14_000, drawnA: [0, 0, 0], toldA: 0 } as const;
  const memory = { setpointA: 0, boundA: 0 };
  expect(look({ ...scene, answeredAtMs: 15_000 }, memory).boundA).toBe(0);
  expect(look({ ...scene, answeredAtMs: 14_999 }, memory).boundA).toBe(6);
});
