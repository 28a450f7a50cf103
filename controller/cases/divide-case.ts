import type { Claim, ClaimHistory } from "../allocation/division/claims.ts";
import type { Grant } from "../allocation/division/grant.ts";
import { grantClaims } from "../allocation/division/grants.ts";
import { ceilToStep, floorToStep } from "../allocation/division/quantise.ts";
import { NOTHING_AHEAD, type Strategy } from "../allocation/strategies/strategy.ts";
import { idleProbeMs, PHASE_IN_USE_A, RESTART_HOLD_MS, UNUSED_STEP_A } from "../allocation/timing.ts";
import { elapsedMs, instant, type Instant } from "../model/time.ts";
import { vehicleRows, type CasePlan } from "./case-site.ts";
import type { CaseSite, CaseVehicle } from "./schema.ts";

/** What is remembered of one vehicle of a case from step to step. */
export type VehicleHistory = ClaimHistory & {
  readonly changedAt: Instant | null;
  /** How often it was paused while it drew nothing, since it last drew. */
  readonly parkedTimes: number;
};

/** One division of a case: who was given what, and the headroom before and after, A per row. */
export type Divided = {
  readonly grants: readonly Grant[];
  readonly headroomA: Float64Array;
  readonly leftA: Float64Array;
};

/** What a division of a case is made from. */
export type DivisionScene = {
  readonly casePlan: CasePlan;
  readonly headroomA: Float64Array;
  readonly strategy: Strategy;
  readonly now: Instant;
  /** Length of the step that follows, s; null: a single moment. */
  readonly stepS: number | null;
  readonly voltageV: number;
  readonly histories: ReadonlyMap<string, VehicleHistory>;
};

/** Divides the headroom of a case among its vehicles by the same rules as the running loop. */
export const divideCase = (vehicles: readonly CaseVehicle[], scene: DivisionScene): Divided => {
  const claims = vehicles
    .flatMap((vehicle) => claimOf(vehicle, scene))
    .toSorted((a, b) => a.arrivedAt - b.arrivedAt || (a.evse < b.evse ? -1 : 1));
  const leftA = Float64Array.from(scene.headroomA);
  const rules = {
    strategy: scene.strategy,
    outlook: { ...NOTHING_AHEAD, now: scene.now, voltageV: scene.voltageV },
    guaranteeMinimums: false,
  };
  return { grants: grantClaims(claims, leftA, rules), headroomA: scene.headroomA, leftA };
};

const claimOf = (vehicle: CaseVehicle, scene: DivisionScene): readonly Claim[] => {
  const found = scene.casePlan.stations.get(vehicle.station);
  const history = scene.histories.get(vehicle.id) ?? newHistory(vehicle, scene.now);
  if (found === undefined || !isAsking(vehicle) || isResting(history, scene.now)) return [];
  const { station, planned } = found;
  const {
    priority = 0,
    weight = 1,
    arrivedAtS = 0,
    wattsPerAmp: wattsPerA = scene.voltageV * vehicle.phases,
  } = vehicle;
  const range = rangeOf(vehicle, station, wattsPerA, scene);
  if (range === null) return [];
  return [
    {
      evse: vehicle.id,
      priority,
      weight,
      arrivedAt: instant(scene.now + arrivedAtS * 1000),
      wattsPerA,
      isIdle: isIdle(vehicle, history),
      need: needOf(vehicle, scene.now),
      history,
      rows: vehicleRows(planned, vehicle),
      ...range,
      stepA: station.stepA,
    },
  ];
};

/** Between the minimum and the least of all maximums, on steps; null: no step fits. */
const rangeOf = (
  vehicle: CaseVehicle,
  station: CaseSite["stations"][number],
  wattsPerA: number,
  scene: DivisionScene,
): Pick<Claim, "minA" | "maxA"> | null => {
  const minA = ceilToStep(Math.max(station.minA, vehicle.minA ?? 0), station.stepA);
  const mostA = floorToStep(Math.min(station.maxA, vehicle.maxA), station.stepA);
  if (mostA < minA || mostA <= 0) return null;
  const usableA = Math.min(mostA, lastStepA(vehicle, wattsPerA, scene), usedA(vehicle));
  return { minA, maxA: Math.max(minA, ceilToStep(usableA, station.stepA)) };
};

const isAsking = ({ controllable, wantsCharge, energyRemainingWh }: CaseVehicle): boolean =>
  controllable !== false && wantsCharge !== false && energyRemainingWh !== 0;

const newHistory = (vehicle: CaseVehicle, now: Instant): VehicleHistory => ({
  setpointA: vehicle.setpointNowA ?? 0,
  servedSince: (vehicle.setpointNowA ?? 0) > 0 ? now : null,
  waitingSince: null,
  learned: null,
  pauses: 0,
  changedAt: null,
  parkedTimes: 0,
});

const isResting = ({ setpointA, changedAt, waitingSince, parkedTimes }: VehicleHistory, now: Instant): boolean =>
  setpointA === 0 &&
  changedAt !== null &&
  waitingSince === changedAt &&
  elapsedMs(changedAt, now) < (parkedTimes > 0 ? idleProbeMs(parkedTimes) : RESTART_HOLD_MS);

/** It was offered a current for a whole step and took none. */
const isIdle = ({ drawnNowA, setpointNowA = 0 }: CaseVehicle, { setpointA }: VehicleHistory): boolean =>
  drawnNowA !== undefined && drawnNowA < PHASE_IN_USE_A && setpointNowA > 0 && setpointA > 0;

/** What fills the rest of its need within one step, A. */
const lastStepA = ({ energyRemainingWh }: CaseVehicle, wattsPerA: number, { stepS }: DivisionScene): number =>
  energyRemainingWh === undefined || energyRemainingWh === null || stepS === null
    ? Infinity
    : (energyRemainingWh * 3600) / (stepS * wattsPerA);

/** A vehicle that says nothing of its need and draws clearly less than its setpoint keeps that and a step, A. */
const usedA = ({ energyRemainingWh, setpointNowA = 0, drawnNowA = 0 }: CaseVehicle): number =>
  energyRemainingWh === null && setpointNowA > 0 && drawnNowA < setpointNowA - UNUSED_STEP_A - 1
    ? drawnNowA + UNUSED_STEP_A
    : Infinity;

const needOf = ({ departsInS, energyRemainingWh }: CaseVehicle, now: Instant): Claim["need"] => ({
  departsAt: departsInS === undefined || departsInS === null ? null : instant(now + departsInS * 1000),
  energyWh: energyRemainingWh ?? null,
  isEstimated: false,
});

/** The histories after a division; vehicles that left are forgotten. */
export const rememberCase = (
  vehicles: readonly CaseVehicle[],
  { grants }: Divided,
  { histories, now }: Pick<DivisionScene, "histories" | "now">,
): ReadonlyMap<string, VehicleHistory> => {
  const given = new Map(grants.map(({ claim, currentA }) => [claim.evse, currentA]));
  return new Map(
    vehicles.map((vehicle) => {
      const before = histories.get(vehicle.id) ?? newHistory(vehicle, now);
      return [vehicle.id, nextHistory(before, given.get(vehicle.id) ?? 0, { now, isIdle: isIdle(vehicle, before) })];
    }),
  );
};

const nextHistory = (
  before: VehicleHistory,
  setpointA: number,
  { now, isIdle: wasIdle }: { readonly now: Instant; readonly isIdle: boolean },
): VehicleHistory => ({
  setpointA,
  changedAt: setpointA === before.setpointA ? before.changedAt : now,
  servedSince: setpointA > 0 ? (before.servedSince ?? now) : null,
  waitingSince: setpointA > 0 ? null : (before.waitingSince ?? now),
  parkedTimes: parkedTimes(before, setpointA, wasIdle),
  learned: before.learned,
  pauses: before.pauses + (before.setpointA > 0 && setpointA === 0 ? 1 : 0),
});

/** It is not parked any more once it was offered a current and took it. */
const parkedTimes = (before: VehicleHistory, setpointA: number, wasIdle: boolean): number => {
  if (before.setpointA > 0 && !wasIdle) return 0;
  return before.parkedTimes + (wasIdle && setpointA === 0 ? 1 : 0);
};
