import { performance } from "node:perf_hooks";
import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import { caseHeadroom, planCase, type CasePlan } from "#controller/cases/case-site.ts";
import { setpointsOf } from "#controller/cases/case-result.ts";
import { checkStreamStart } from "#controller/cases/check.ts";
import { divideCase, rememberCase, type VehicleHistory } from "#controller/cases/divide-case.ts";
import type { CaseVehicle } from "#controller/cases/schema.ts";
import type { Phase } from "#controller/model/phase.ts";
import { instant } from "#controller/model/time.ts";
import type { Day } from "#drivers/simulator/world/day-file.ts";

/** What a day has come to before a step. */
type Progress = {
  readonly leftWh: Map<string, number>;
  readonly setpointsA: Readonly<Record<string, number>>;
  readonly histories: ReadonlyMap<string, VehicleHistory>;
};

/** The time of every step in which a vehicle is there, ms, when the deadline strategy divides a day period by period. */
export const deadlineStepsMs = (day: Day): readonly number[] => {
  const start = checkStreamStart({ type: "init", stepS: day.periodS, site: day.site });
  if ("problems" in start) throw new Error(start.problems.join("\n"));
  const casePlan = planCase(start.value.site);
  const leftWh = new Map(day.sessions.map(({ id, requestedWh }) => [id, requestedWh]));
  let progress: Progress = { leftWh, setpointsA: {}, histories: new Map() };
  return Array.from({ length: day.periods }, (_, period) => {
    const vehicles = vehiclesAt(day, period, progress);
    const startedMs = performance.now();
    progress = stepOf(day, { casePlan, period, vehicles }, progress);
    const tookMs = performance.now() - startedMs;
    charge(day, vehicles, progress);
    return vehicles.length > 0 ? [tookMs] : [];
  }).flat();
};

const vehiclesAt = (day: Day, period: number, { leftWh, setpointsA }: Progress): readonly CaseVehicle[] =>
  day.sessions
    .filter(({ arrivalPeriod, departurePeriod }) => arrivalPeriod <= period && period < departurePeriod)
    .map(({ id, station, phases, maxA, wattsPerAmp, arrivalPeriod, departurePeriod }) => ({
      id,
      station,
      phases,
      maxA,
      wattsPerAmp,
      arrivedAtS: (arrivalPeriod - period) * day.periodS,
      departsInS: (departurePeriod - period) * day.periodS,
      energyRemainingWh: leftWh.get(id) ?? 0,
      setpointNowA: setpointsA[id] ?? 0,
    }));

type Step = { readonly casePlan: CasePlan; readonly period: number; readonly vehicles: readonly CaseVehicle[] };

const stepOf = (day: Day, { casePlan, period, vehicles }: Step, { leftWh, histories }: Progress): Progress => {
  const scene = {
    casePlan,
    headroomA: caseHeadroom(casePlan, loadsAt(day, period), vehicles),
    strategy: STRATEGIES.deadline,
    now: instant(period * day.periodS * 1000),
    stepS: day.periodS,
    voltageV: day.nominalVoltageV,
    histories,
  };
  const divided = divideCase(vehicles, scene);
  return { leftWh, setpointsA: setpointsOf(divided), histories: rememberCase(vehicles, divided, scene) };
};

const loadsAt = ({ baseLoadA }: Day, period: number): Readonly<Record<string, Readonly<Record<Phase, number>>>> =>
  Object.fromEntries(
    Object.entries(baseLoadA).map(([circuit, { L1, L2, L3 }]) => [
      circuit,
      { L1: L1[period] ?? 0, L2: L2[period] ?? 0, L3: L3[period] ?? 0 },
    ]),
  );

/** Every vehicle draws what it was given until it has what it wanted. */
const charge = ({ periodS }: Day, vehicles: readonly CaseVehicle[], { leftWh, setpointsA }: Progress): void => {
  for (const { id, wattsPerAmp = 0 } of vehicles) {
    const givenWh = ((setpointsA[id] ?? 0) * wattsPerAmp * periodS) / 3600;
    leftWh.set(id, Math.max(0, (leftWh.get(id) ?? 0) - givenWh));
  }
};
