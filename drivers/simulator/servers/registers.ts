import { decodePoint, registerCount } from "../../decode.ts";
import { type PlacedPoint, placePoint } from "../../plan-reads.ts";
import type { InverterProfile, MeterProfile, Profile } from "../../profiles/schema.ts";
import type { Evse, Station } from "../world/station.ts";
import type { World } from "../world/world.ts";
import {
  type Cells,
  createCells,
  EXCEPTION,
  isModbusPoint,
  readCells,
  type RegisterBank,
  storePoint,
  type Table,
} from "./register-bank.ts";
import { evseValues, hearAll, type PointValues, type StationFace, writePoint } from "./station-face.ts";

type Placed = { readonly evse: Evse; readonly at: PlacedPoint };

const habitsOf = (profile: Profile) => profile.modbus ?? { maxRegisters: 125, maxGap: 0 };

const placeAll = (profile: Profile, evseNumber: number, unitId: number): readonly PlacedPoint[] =>
  Object.entries(profile.points).flatMap(([name, point]) =>
    isModbusPoint(point) ? [placePoint({ name, point }, evseNumber, unitId, habitsOf(profile))] : [],
  );

const tableOf = (functionCode: number): Table => (functionCode === 5 || functionCode === 15 ? "coil" : "holding");

const functionFor = (functionCode: number): number => (functionCode === 15 ? 5 : functionCode);

const refresh = (face: StationFace, cells: Cells, placed: readonly Placed[]): void => {
  if (face.station.faults.frozen) return;
  for (const evse of face.evses) {
    const values = evseValues(face, evse);
    for (const one of placed) {
      const value = one.evse === evse ? values.get(one.at.name) : undefined;
      if (value !== undefined && one.at.point.isWriteOnly !== true) storePoint(cells, one.at, value);
    }
  }
};

const writtenAt = (
  placed: readonly Placed[],
  unitId: number,
  functionCode: number,
  address: number,
): Placed | undefined =>
  placed.find(
    ({ at }) =>
      at.unitId === unitId &&
      at.address === address &&
      at.point.table === tableOf(functionCode) &&
      at.point.writeWith !== undefined,
  );

/** The registers of a station: reads show its model, writes of limits, releases and failsafes reach it. */
export const createStationBank = (face: StationFace, unitId: number): RegisterBank => {
  const placed = face.evses.flatMap((evse, index) =>
    placeAll(face.profile, index + 1, unitId).map((at) => ({ evse, at })),
  );
  const { maxGap, maxRegisters } = habitsOf(face.profile);
  const cells = createCells(
    placed.map(({ at }) => at),
    maxGap,
  );
  return {
    unitIds: new Set(placed.map(({ at }) => at.unitId)),
    read: (unit, table, address, count) => {
      hearAll(face, "read");
      if (count < 1 || count > maxRegisters) return { exception: EXCEPTION.illegalValue };
      refresh(face, cells, placed);
      return readCells(cells, unit, table, address, count);
    },
    write: (unit, functionCode, address, values) => {
      hearAll(face, "request");
      const target = writtenAt(placed, unit, functionCode, address);
      if (target === undefined) return EXCEPTION.illegalAddress;
      const { point, name } = target.at;
      if (point.writeWith !== functionFor(functionCode)) return EXCEPTION.illegalFunction;
      if (values.length !== registerCount(point)) return EXCEPTION.illegalValue;
      const value = decodePoint(point, values);
      if (point.isWriteOnly !== true) storePoint(cells, target.at, value ?? Number.NaN);
      writePoint(face, target.evse, name, value);
      return null;
    },
  };
};

/** A device that only measures: a meter or an inverter. */
export type Sensor = {
  readonly profile: MeterProfile | InverterProfile;
  readonly world: World;
  /** What can break about it; it never reboots. */
  readonly device: Station;
  readonly values: () => PointValues;
};

/** The registers of a sensor; it measures anew at most once in its profile's interval and is read-only. */
export const createSensorBank = (face: Sensor, unitId: number): RegisterBank => {
  const placed = placeAll(face.profile, 1, unitId);
  const { maxGap, maxRegisters } = habitsOf(face.profile);
  const cells = createCells(placed, maxGap);
  let measuredAtMs = -Infinity;
  const measure = (): void => {
    if (face.device.faults.frozen || face.world.nowMs < measuredAtMs + face.profile.intervalMs) return;
    measuredAtMs = face.world.nowMs;
    const values = face.values();
    for (const at of placed) storePoint(cells, at, values.get(at.name) ?? 0);
  };
  return {
    unitIds: new Set(placed.map((at) => at.unitId)),
    read: (unit, table, address, count) => {
      if (count < 1 || count > maxRegisters) return { exception: EXCEPTION.illegalValue };
      measure();
      return readCells(cells, unit, table, address, count);
    },
    write: () => EXCEPTION.illegalFunction,
  };
};
