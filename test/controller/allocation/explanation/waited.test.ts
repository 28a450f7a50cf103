import { describe, expect, it } from "vitest";
import type { Claim } from "#controller/allocation/division/claims.ts";
import type { Grant } from "#controller/allocation/division/grant.ts";
import { waitingW } from "#controller/allocation/explanation/waited.ts";
import { NEW_EVSE, type EvseMemory } from "#controller/allocation/memory.ts";
import type { Observed } from "#controller/allocation/observation/accounted.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { instant } from "#controller/model/time.ts";
import { claimOn } from "#test/controller/support/parts.ts";
import { evse, SITE } from "#test/controller/support/one-station.ts";

const plan = planSite(SITE);
const emptyA = Float64Array.from([25, 30, 30, Infinity]);

type Scene = Partial<Pick<Grant, "boundBy" | "isAdmitted">> & {
  readonly setpointA: number;
  readonly claim?: Partial<Claim>;
  readonly memory?: Partial<EvseMemory>;
};

/** What waits on each row for one EVSE that would get 25 A alone. */
const waiting = ({ setpointA, claim = {}, memory = {}, boundBy = 1, isAdmitted = true }: Scene): readonly number[] => {
  const observed = { planned: plan.evses[0], phaseMask: 7, memory: { ...NEW_EVSE, ...memory } } as Observed;
  const asked = claimOn([0, 1, 2], 0, { evse: evse.id, ...claim });
  const setpoint = { evse: evse.id, currentA: setpointA, reason: { code: "ramping" }, expiresAt: instant(0) } as const;
  const grants = [{ claim: asked, currentA: setpointA, boundBy, isAdmitted }];
  return [
    ...waitingW(plan, {
      observed: [observed],
      setpoints: [setpoint],
      division: { grants, divisibleA: emptyA, emptyA },
    }),
  ];
};

describe("the power that waits", () => {
  it("stands on the row that bound the vehicle, up to what it would get alone", () => {
    expect(waiting({ setpointA: 10 })).toEqual([0, 15 * 690, 0, 0]);
    expect(waiting({ setpointA: 0, isAdmitted: false, boundBy: 3 })).toEqual([0, 0, 0, 25 * 690]);
  });

  it("is no more than the vehicle could use", () => {
    expect(waiting({ setpointA: 10, claim: { maxA: 16 } })).toEqual([0, 6 * 690, 0, 0]);
  });

  it("is nothing where no row bound it, or it already gets more than it would alone", () => {
    expect(waiting({ setpointA: 10, boundBy: -1 })).toEqual([0, 0, 0, 0]);
    expect(waiting({ setpointA: 28 })).toEqual([0, 0, 0, 0]);
  });

  it("is nothing for a vehicle that takes nothing when it is offered something", () => {
    expect(waiting({ setpointA: 6, claim: { isIdle: true } })).toEqual([0, 0, 0, 0]);
    expect(waiting({ setpointA: 0, isAdmitted: false, memory: { parkedTimes: 1 } })).toEqual([0, 0, 0, 0]);
  });
});
