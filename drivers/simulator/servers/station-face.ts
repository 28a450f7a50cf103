import type { VehicleState } from "#controller/model/reading.ts";
import type { StationProfile, Write } from "../../profiles/schema.ts";
import { carPowerW } from "../world/car.ts";
import {
  counterWh,
  type Evse,
  isUp,
  limitInForceA,
  type Station,
  terminalCurrents,
  type Traffic,
  vehicleState,
} from "../world/station.ts";
import { type EvseOrder, hearTraffic, order, type World } from "../world/world.ts";
import { type StateValues, stateTable } from "./state-values.ts";

/** Canonical values by the name of a profile's point. */
export type PointValues = Map<string, number | string | boolean>;

/** A simulated station as its profile shows it; transports turn this into registers or topics. */
export type StationFace = {
  readonly profile: StationProfile;
  readonly world: World;
  readonly station: Station;
  /** Its EVSEs, number 1 first. */
  readonly evses: readonly Evse[];
  readonly states: ReadonlyMap<VehicleState, StateValues>;
};

/** The face of one station of a world. */
export const createStationFace = (profile: StationProfile, world: World, stationId: string): StationFace => {
  const station = world.stations.get(stationId);
  if (station === undefined) throw new Error(`no station ${stationId}`);
  const evses = world.evses.filter((evse) => evse.spec.station === stationId);
  return { profile, world, station, evses, states: stateTable(profile) };
};

/** Whether it answers at all now. */
export const isHearing = (face: StationFace): boolean =>
  !face.station.faults.silence && isUp(face.station, face.world.nowMs);

const writesOf = ({ control, watchdog, init }: StationProfile): readonly Write[] => [
  ...control.setCurrent,
  ...control.pause,
  ...(control.resume ?? []),
  ...(watchdog.arm ?? []),
  ...(watchdog.feed ?? []),
  ...(init ?? []),
];

const isWrittenAs = (profile: StationProfile, point: string, value: string): boolean =>
  writesOf(profile).some((write) => write.point === point && write.value === value);

const offeredA = (face: StationFace, evse: Evse): number => {
  const point = face.profile.reading.offeredA;
  const isSetpointItself = point !== undefined && isWrittenAs(face.profile, point, "amps");
  return isSetpointItself ? evse.setA : limitInForceA(evse);
};

/** What an EVSE says now, point by point. */
export const evseValues = (face: StationFace, evse: Evse): PointValues => {
  const { reading } = face.profile;
  const values: PointValues = new Map(face.states.get(vehicleState(evse)) ?? []);
  const say = (point: string | undefined, value: number): void => {
    if (point !== undefined) values.set(point, value);
  };
  const terminals = terminalCurrents(evse);
  for (const [terminal, point] of (reading.currentA ?? []).entries()) say(point, terminals[terminal] ?? 0);
  say(reading.offeredA, offeredA(face, evse));
  say(reading.powerW, evse.car === null ? 0 : carPowerW(evse.car));
  say(reading.energyWh, counterWh(evse, face.world.nowMs));
  say(reading.failsafeA, evse.failsafeA);
  say(reading.failsafeTimeoutMs, evse.isArmed ? evse.timeoutMs : 0);
  return values;
};

const isConstant = (writes: readonly Write[] | undefined, point: string, value: number | string): boolean =>
  writes?.some((write) => write.point === point && Number(write.value) === Number(value)) ?? false;

const orderedBy = (profile: StationProfile, point: string, value: number | string): EvseOrder => {
  const { control, watchdog } = profile;
  const amount = Number(value);
  if (isWrittenAs(profile, point, "amps")) return { setA: isConstant(control.pause, point, value) ? 0 : amount };
  if (isWrittenAs(profile, point, "failsafe-ms")) return { timeoutMs: amount, isArmed: amount > 0 };
  if (isWrittenAs(profile, point, "failsafe-amps")) {
    const armsAlone = !(watchdog.arm ?? []).some((write) => write.value === "failsafe-ms");
    return armsAlone ? { failsafeA: amount, isArmed: true } : { failsafeA: amount };
  }
  if (isConstant(control.pause, point, value)) return { isEnabled: false };
  return isConstant([...(control.resume ?? []), ...control.setCurrent], point, value) ? { isEnabled: true } : {};
};

const isFeed = ({ watchdog }: StationProfile, point: string, value: number | string): boolean =>
  (watchdog.feed ?? []).some(
    (write) => write.point === point && (typeof write.value === "string" || Number(write.value) === Number(value)),
  );

/** Carries out a value (null: the point's own "not available") written to a point of an EVSE. */
export const writePoint = (face: StationFace, evse: Evse, point: string, value: number | string | null): void => {
  order(face.world, evse, orderedBy(face.profile, point, value ?? 0));
  if (isWrittenAs(face.profile, point, "amps")) hearTraffic(face.world, evse, "setpoint");
  if (isFeed(face.profile, point, value ?? 0)) hearTraffic(face.world, evse, "feed");
};

/** Tells every watchdog of a station that it was spoken to. */
export const hearAll = (face: StationFace, traffic: Traffic): void => {
  for (const evse of face.evses) hearTraffic(face.world, evse, traffic);
};
