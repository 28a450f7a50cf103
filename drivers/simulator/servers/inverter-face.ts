import type { InverterProfile } from "../../profiles/schema.ts";
import { feedInA, plantAt, type SolarPlant } from "../world/sun.ts";
import type { World } from "../world/world.ts";
import type { PointValues } from "./station-face.ts";

/** A simulated inverter as its profile shows it. */
export type InverterFace = {
  readonly profile: InverterProfile;
  readonly world: World;
  readonly plant: SolarPlant;
  readonly voltageV: number;
};

/** What the inverter says now, point by point: as much as its circuit sees in this period of the building's day. */
export const inverterValues = ({ profile, world, plant, voltageV }: InverterFace): PointValues => {
  const { reading } = profile;
  const { periodMs } = world.building.table;
  const state = plantAt(plant, Math.floor(world.nowMs / periodMs) * periodMs);
  const { pvPowerW, batteryPowerW, batterySocPct } = state;
  const values: PointValues = new Map();
  const isSplit = reading.batteryDischargePowerW !== undefined;
  const put = (point: string | undefined, value: number): void => {
    if (point !== undefined) values.set(point, value);
  };
  reading.pvPowerW.forEach((point, i) => put(point, i === 0 ? pvPowerW : 0));
  put(reading.batteryPowerW, isSplit ? Math.max(0, batteryPowerW) : batteryPowerW);
  put(reading.batteryDischargePowerW, Math.max(0, -batteryPowerW));
  put(reading.batterySocPct, batterySocPct);
  for (const point of reading.currentA ?? []) put(point, feedInA(state, voltageV));
  return values;
};
