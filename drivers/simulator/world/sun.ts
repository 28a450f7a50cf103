import { mapPhases, type PhaseVector } from "#controller/model/phase.ts";
import type { BuildingTable } from "./building.ts";

/** A solar generator on three phases of a circuit, with a battery or without. */
export type SolarPlant = {
  readonly circuit: string;
  readonly peakW: number;
  /** Null: it has no battery. */
  readonly batteryWh: number | null;
};

/** What a plant does; charging is positive. */
export type PlantState = {
  readonly pvPowerW: number;
  readonly batteryPowerW: number;
  readonly batterySocPct: number;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEP_MS = 15 * 60_000;
const SUNRISE_H = 6;
const DAYLIGHT_H = 14;
const MIDNIGHT_SOC_PCT = 40;
const EMPTY_PCT = 10;
/** A battery charges with half of the sun once there is some, and gives a tenth of itself an hour after sunset. */
const ENOUGH_SUN = 0.2;
const CHARGE_SHARE = 0.5;
const GIVE_SHARE = 0.1;

/** The sun by the hour, as a part of its noon: a clear day from six to eight in the evening. */
const sunAt = (dayMs: number): number => Math.max(0, Math.sin((Math.PI * (dayMs / HOUR_MS - SUNRISE_H)) / DAYLIGHT_H));

/** What a plant does at a time of the day, ms; the same every day. */
export const plantAt = ({ peakW, batteryWh }: SolarPlant, atMs: number): PlantState => {
  const dayMs = ((atMs % DAY_MS) + DAY_MS) % DAY_MS;
  let socPct = MIDNIGHT_SOC_PCT;
  let batteryPowerW = 0;
  for (let stepMs = 0; stepMs <= dayMs && batteryWh !== null; stepMs += STEP_MS) {
    batteryPowerW = batteryPower(sunAt(stepMs), peakW, batteryWh, socPct);
    socPct += (100 * batteryPowerW * STEP_MS) / HOUR_MS / batteryWh;
  }
  return { pvPowerW: peakW * sunAt(dayMs), batteryPowerW, batterySocPct: Math.min(100, Math.max(0, socPct)) };
};

const batteryPower = (sun: number, peakW: number, batteryWh: number, socPct: number): number => {
  if (sun >= ENOUGH_SUN) return socPct < 100 ? peakW * sun * CHARGE_SHARE : 0;
  return sun === 0 && socPct > EMPTY_PCT ? -GIVE_SHARE * batteryWh : 0;
};

/** What a plant feeds into its circuit, A on every phase. */
export const feedInA = ({ pvPowerW, batteryPowerW }: PlantState, voltageV: number): number =>
  (pvPowerW - batteryPowerW) / 3 / voltageV;

/** The table of a building with its plants: what they feed in is load that its circuits do not carry. */
export const withPlants = (table: BuildingTable, plants: readonly SolarPlant[], voltageV: number): BuildingTable => ({
  ...table,
  loadA: new Map(
    [...table.loadA].map(([circuit, rows]) => {
      const here = plants.filter((plant) => plant.circuit === circuit);
      return [circuit, rows.map((loadA, period) => net(loadA, here, period * table.periodMs, voltageV))];
    }),
  ),
});

const net = (loadA: PhaseVector, plants: readonly SolarPlant[], atMs: number, voltageV: number): PhaseVector => {
  const fedA = plants.reduce((sum, plant) => sum + feedInA(plantAt(plant, atMs), voltageV), 0);
  return mapPhases((i) => loadA[i] - fedA);
};
