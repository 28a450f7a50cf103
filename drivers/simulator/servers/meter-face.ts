import type { MeterScope } from "#controller/model/site.ts";
import type { MeterProfile } from "../../profiles/schema.ts";
import { shownCurrents, type World } from "../world/world.ts";
import type { PointValues } from "./station-face.ts";

/** A simulated meter as its profile shows it. */
export type MeterFace = {
  readonly profile: MeterProfile;
  readonly world: World;
  readonly circuit: string;
  readonly measures: MeterScope;
};

const VOLTAGE_V = 230;

/** What the meter says now, point by point: unity power factor at nominal voltage. */
export const meterValues = (face: MeterFace): PointValues => {
  const { reading } = face.profile;
  const currentA = shownCurrents(face.world, face.circuit, face.measures);
  const values: PointValues = new Map();
  for (const [index, signedA] of currentA.entries()) {
    const point = reading.currentA[index];
    if (point !== undefined) values.set(point, reading.currentSign === "signed" ? signedA : Math.abs(signedA));
    const power = reading.phasePowerW?.[index];
    if (power !== undefined) values.set(power, signedA * VOLTAGE_V);
    const voltage = reading.voltageV?.[index];
    if (voltage !== undefined) values.set(voltage, VOLTAGE_V);
  }
  if (reading.powerW !== undefined) values.set(reading.powerW, (currentA[0] + currentA[1] + currentA[2]) * VOLTAGE_V);
  return values;
};
