import { describe, expect, it } from "vitest";
import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import { caseHeadroom, planCase } from "#controller/cases/case-site.ts";
import { setpointsOf, toCaseResult } from "#controller/cases/case-result.ts";
import { divideCase, rememberCase, type VehicleHistory } from "#controller/cases/divide-case.ts";
import { checkInstant } from "#controller/cases/check.ts";
import type { CaseVehicle, InstantCase } from "#controller/cases/schema.ts";
import { instant } from "#controller/model/time.ts";
import { smallCase } from "./small-case.ts";

const checkedCase = (): InstantCase => {
  const checked = checkInstant(smallCase());
  if ("problems" in checked) throw new Error(checked.problems.join("\n"));
  return checked.value;
};

const { site } = checkedCase();
const casePlan = planCase(site);
const LOADS = { grid: { L1: 35, L2: 20, L3: 10 } };

const car = (id: string, station: string, rest: Partial<CaseVehicle> = {}): CaseVehicle => ({
  id,
  station,
  phases: 3,
  maxA: 32,
  ...rest,
});

type Options = {
  readonly loads?: Parameters<typeof caseHeadroom>[1];
  readonly nowS?: number;
  readonly stepS?: number | null;
  readonly histories?: ReadonlyMap<string, VehicleHistory>;
};

const divided = (vehicles: readonly CaseVehicle[], options: Options = {}) => {
  const { loads = LOADS, nowS = 0, stepS = null, histories = new Map<string, VehicleHistory>() } = options;
  const scene = {
    casePlan,
    headroomA: caseHeadroom(casePlan, loads, vehicles),
    strategy: STRATEGIES["equal-share"],
    now: instant(nowS * 1000),
    stepS,
    voltageV: 230,
    histories,
  };
  const result = divideCase(vehicles, scene);
  return { result, setpointsA: setpointsOf(result), histories: rememberCase(vehicles, result, scene) };
};

const setpoints = (vehicles: readonly CaseVehicle[], options: Options = {}) => divided(vehicles, options).setpointsA;

describe("the headroom of a case", () => {
  it("is each limit less the loads on the circuit and behind it", () => {
    const behind = { ...LOADS, panel: { L1: 5, L2: 0, L3: 0 } };
    expect([...caseHeadroom(casePlan, behind, []).subarray(0, 6)]).toEqual([23, 43, 53, 27, 32, 32]);
  });

  it("counts what is exported in full and is never below zero", () => {
    const sunny = { grid: { L1: -30, L2: 90, L3: 0 } };
    expect([...caseHeadroom(casePlan, sunny, []).subarray(0, 3)]).toEqual([93, 0, 63]);
  });

  it("keeps the draw of a vehicle that is not controllable on the phases it uses", () => {
    const fixed = car("fixed", "right", { phases: 1, controllable: false, fixedA: 16 });
    expect([...caseHeadroom(casePlan, {}, [fixed]).subarray(0, 6)]).toEqual([63, 47, 63, 32, 16, 32]);
  });
});

describe("the division of a case", () => {
  it("shares the tightest phase", () => {
    expect(setpoints([car("a", "left"), car("b", "right")])).toEqual({ a: 14, b: 14 });
  });

  it("leaves vehicles apart that use different phases", () => {
    expect(setpoints([car("a", "left", { phases: 1 }), car("b", "right", { phases: 1 })])).toEqual({ a: 28, b: 32 });
  });

  it("gives nothing to a vehicle that wants nothing, is full, or can use no step", () => {
    const others = [
      car("done", "left", { energyRemainingWh: 0 }),
      car("shut", "left", { wantsCharge: false }),
      car("weak", "left", { maxA: 5 }),
    ];
    expect(setpoints([...others, car("b", "right")])).toEqual({ b: 28 });
  });

  it("gives no more than the rest of a need takes within the step", () => {
    const last = car("a", "left", { energyRemainingWh: 100 });
    expect(setpoints([last], { stepS: 60 })).toEqual({ a: 9 });
  });

  it("leaves a vehicle that draws less than offered its draw and a step, where nobody knows its need", () => {
    const slow = { setpointNowA: 20, drawnNowA: 8 };
    expect(setpoints([car("a", "left", { ...slow, energyRemainingWh: null })])).toEqual({ a: 10 });
    expect(setpoints([car("a", "left", { ...slow, energyRemainingWh: 20_000 })])).toEqual({ a: 28 });
  });

  it("says what bound whom, and what an ampere more would bring", () => {
    const { result } = divided([car("a", "left"), car("b", "right")]);
    const answer = toCaseResult(casePlan.plan, result, "small", "equal-share");
    expect(answer.limitedBy["a"]).toEqual({
      circuit: "grid",
      phase: "L1",
      source: "circuit",
      text: "14 A of 32 A: L1 of grid has no more room",
    });
    expect(answer.circuits["grid"]).toEqual({
      headroomA: { L1: 0, L2: 15, L3: 25 },
      shadowPrice: { L1: 690, L2: 0, L3: 0 },
    });
  });
});

describe("a case over time", () => {
  const tight = { grid: { L1: 55, L2: 55, L3: 55 } };

  it("lets vehicles take turns of a quarter of an hour where one minimum fits", () => {
    const vehicles = [car("a", "left"), car("b", "right")];
    let histories: ReadonlyMap<string, VehicleHistory> = new Map();
    const served = Array.from({ length: 32 }, (_, minute) => {
      const step = divided(vehicles, { loads: tight, nowS: minute * 60, histories });
      histories = step.histories;
      return Object.keys(step.setpointsA).join();
    });
    expect([served[0], served[14], served[15], served[29], served[31]]).toEqual(["a", "a", "b", "b", "a"]);
  });

  it("forgets a vehicle that left", () => {
    const first = divided([car("a", "left"), car("b", "right")]);
    expect([...divided([car("b", "right")], first).histories.keys()]).toEqual(["b"]);
  });

  it("asks a vehicle that took nothing again only after a while", () => {
    const idle = car("a", "left", { setpointNowA: 8, drawnNowA: 0 });
    const busy = car("b", "right");
    const first = divided([idle, busy], { loads: tight });
    const second = divided([idle, busy], { loads: tight, nowS: 60, histories: first.histories });
    expect([first.setpointsA, second.setpointsA]).toEqual([{ b: 8 }, { b: 8 }]);
    expect(second.histories.get("a")?.parkedTimes).toBe(1);
    const alone = { nowS: 120, histories: second.histories };
    expect(setpoints([car("a", "left")], alone)).toEqual({});
    expect(setpoints([car("a", "left")], { ...alone, nowS: 1000 })).toEqual({ a: 28 });
  });
});
