import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import { describe, expect, test } from "vitest";
import type { ClaimOrReason } from "#controller/allocation/division/claims.ts";
import type { Grant } from "#controller/allocation/division/grant.ts";
import { effectiveLimits, type EffectiveLimit } from "#controller/allocation/observation/limits.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { reasonOf } from "#controller/allocation/reasons.ts";
import type { Hold } from "#controller/allocation/release.ts";
import { circuit, claim, evse, observed, siteOf, snapshot } from "#test/controller/support/parts.ts";

const plan = planSite(
  siteOf({
    circuits: [circuit({ id: "grid" }), circuit({ id: "panel", parent: "grid" })],
    evses: [evse("bay", { circuit: "panel" })],
  }),
);

type Case = {
  readonly claim?: ClaimOrReason | undefined;
  readonly grant?: Partial<Grant> | null;
  readonly hold?: Hold;
  readonly parkedTimes?: number;
  readonly limit?: Partial<EffectiveLimit>;
  /** Rows lowered for the balance of phases. */
  readonly lowered?: readonly number[];
};

const reason = (given: Case) => {
  const [planned] = plan.evses;
  if (planned === undefined) throw new Error("one EVSE");
  const asked = "claim" in given ? given.claim : claim();
  const made = typeof asked === "object" ? asked : claim();
  const grant = { claim: made, currentA: 20, boundBy: -1, isAdmitted: true, ...given.grant };
  const limits = effectiveLimits(plan, snapshot()).map((limit, i) => (i === 1 ? { ...limit, ...given.limit } : limit));
  const seen = observed({ planned, memory: { parkedTimes: given.parkedTimes ?? 0 } });
  const loweredRows = new Set(given.lowered);
  const released = { observed: seen, currentA: 20, hold: given.hold ?? null };
  return reasonOf(
    { plan, limits, snapshot: snapshot(), strategy: STRATEGIES["equal-share"], loweredRows },
    released,
    asked,
    given.grant === null ? undefined : grant,
  );
};

describe("the reason of a setpoint (R9)", () => {
  test("is why there is no claim", () => {
    expect(reason({ claim: "silent", grant: null })).toEqual({ code: "silent" });
    expect(reason({ claim: "emergency-stop", grant: null })).toEqual({ code: "emergency-stop" });
  });

  test("is, while it rests, that it took nothing or that it starts again soon", () => {
    expect(reason({ claim: "resting", parkedTimes: 1 })).toEqual({ code: "uses-less" });
    expect(reason({ claim: "resting" })).toEqual({ code: "ramping" });
  });

  test("is that it starts where nothing was granted yet", () => {
    expect(reason({ grant: null })).toEqual({ code: "starting" });
    expect(reason({ claim: undefined })).toEqual({ code: "starting" });
  });

  test("names the row, on the way there, that holds it back", () => {
    expect(reason({ hold: { by: "time" } })).toEqual({ code: "ramping" });
    expect(reason({ hold: { by: "meter", row: 4 } })).toEqual({ code: "meter-old", circuit: "panel" });
    expect(reason({ hold: { by: "others", row: 2 } })).toEqual({
      code: "waiting-others",
      circuit: "grid",
      phase: "L3",
    });
    expect(reason({ hold: { by: "others", row: 7 } })).toEqual({
      code: "waiting-others",
      circuit: "panel",
      phase: null,
    });
  });

  test("names the row, where it waits for its turn, that has no room", () => {
    expect(reason({ grant: { isAdmitted: false, boundBy: 3 } })).toEqual({
      code: "waiting-turn",
      circuit: "panel",
      phase: "L1",
    });
  });

  test("is full current, or all that its vehicle uses, where nothing bounds it", () => {
    expect(reason({})).toEqual({ code: "full-current" });
    expect(reason({ claim: claim({ maxA: 31 }) })).toEqual({ code: "uses-less" });
  });

  test("names the circuit that bounds it and whose limit that is, on that phase", () => {
    const limit = { source: ["sealed", "operating", "grid-operator"] } as const;
    const bound = (boundBy: number) => reason({ grant: { boundBy }, limit });
    expect(bound(4)).toEqual({ code: "circuit-limit", circuit: "panel", phase: "L2", source: "operating" });
    expect(bound(5)).toMatchObject({ phase: "L3", source: "grid-operator" });
    expect(bound(0)).toEqual({ code: "circuit-limit", circuit: "grid", phase: "L1", source: "sealed" });
  });

  test("is the balance of phases where the row was lowered for it", () => {
    expect(reason({ grant: { boundBy: 4 }, lowered: [4] })).toEqual({
      code: "phase-balance",
      circuit: "panel",
      phase: "L2",
    });
    expect(reason({ grant: { boundBy: 4 }, lowered: [3] })).toMatchObject({ code: "circuit-limit" });
    expect(reason({ lowered: [4] })).toEqual({ code: "full-current" });
  });

  test("names whose limit of power it is: of everything, or of EVSEs alone where that is lower", () => {
    const whose = { powerSource: "operating", evPowerSource: "grid-operator" } as const;
    const bound = (limit: Partial<EffectiveLimit>) => reason({ grant: { boundBy: 7 }, limit: { ...whose, ...limit } });
    const by = (source: string) => ({ code: "circuit-limit", circuit: "panel", phase: null, source });
    expect(bound({ powerW: 9000 })).toEqual(by("operating"));
    expect(bound({ evPowerW: 9000 })).toEqual(by("grid-operator"));
    expect(bound({ powerW: 9000, evPowerW: 8000 })).toEqual(by("grid-operator"));
    expect(bound({ powerW: 8000, evPowerW: 8000 })).toEqual(by("operating"));
  });
});
