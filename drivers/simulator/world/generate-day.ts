import { PHASES, type Phase } from "#controller/model/phase.ts";
import type { Day, DaySession, DayStation, PerPhase } from "./day-file.ts";
import { between, createRandom, pick, type Random } from "./random.ts";

/** What a building draws by night and at its busiest, A per phase, before its lift and kitchen. */
export type BuildingPlan = {
  readonly circuit: string;
  readonly nightA: number;
  readonly dayA: number;
  readonly hasLiftAndKitchen: boolean;
};

/** What a generated day is about. */
export type DayPlan = {
  readonly id: string;
  readonly seed: number;
  readonly site: Day["site"];
  readonly buildings: readonly BuildingPlan[];
  /** Share of the stations that somebody comes to. */
  readonly occupancy: number;
};

const PERIOD_S = 60;
const PERIODS = 1440;
const VOLTAGE_V = 230;
const at = (hours: number): number => Math.round(hours * 60);

const CARS: readonly [readonly [1 | 2 | 3, number], ...(readonly [1 | 2 | 3, number])[]] = [
  [3, 32],
  [3, 16],
  [3, 16],
  [2, 16],
  [1, 32],
  [1, 16],
];

const round = (value: number): number => Math.round(value * 10) / 10;

/** Share of the busiest load at a minute of the day: up from six, flat, down until eight in the evening. */
const occupied = (minute: number): number => Math.max(0, Math.min(1, (minute - at(6)) / 120, (at(20) - minute) / 180));

const kitchenA = (minute: number, phase: Phase): number => {
  const isCooking = minute >= at(10.5) && minute < at(13);
  const isBaking = minute >= at(6.5) && minute < at(8);
  return (isCooking ? (phase === "L2" ? 14 : 8) : 0) + (isBaking && phase !== "L3" ? 6 : 0);
};

/** A lift on three phases: many rides when people come, eat and leave. */
const liftRides = (random: Random): readonly number[] =>
  Array.from({ length: PERIODS }, (_, minute) => {
    const isBusy = (minute > at(7) && minute < at(9.5)) || (minute > at(16) && minute < at(18));
    return random() < (isBusy ? 0.35 : 0.08) * occupied(minute) ? between(random, 6, 12) : 0;
  });

const buildingRows = (plan: BuildingPlan, random: Random): PerPhase<readonly number[]> => {
  const lift = liftRides(random);
  const rowsOf = (phase: Phase): readonly number[] => {
    const share = between(random, 0.9, 1.1);
    return lift.map((liftA, minute) => {
      const baseA = plan.nightA + (plan.dayA - plan.nightA) * occupied(minute);
      const servicesA = plan.hasLiftAndKitchen ? kitchenA(minute, phase) + liftA : 0;
      return round(Math.max(0, baseA * share + servicesA + between(random, -1, 1)));
    });
  };
  const [L1, L2, L3] = PHASES.map(rowsOf);
  return { L1: L1 ?? [], L2: L2 ?? [], L3: L3 ?? [] };
};

const sessionAt = (station: DayStation, seq: number, random: Random): DaySession => {
  const [carPhases, carA] = pick(random, CARS);
  const phases = station.phases.length >= carPhases ? carPhases : 1;
  const maxA = Math.min(carA, station.maxA);
  const arrivalPeriod = Math.floor(between(random, at(6.25), at(8.75)));
  const departurePeriod = Math.floor(between(random, at(14.5), at(18.5)));
  const wattsPerAmp = VOLTAGE_V * phases;
  const mostWh = (maxA * wattsPerAmp * (departurePeriod - arrivalPeriod)) / 60;
  return {
    id: `visit-${String(seq + 1).padStart(3, "0")}`,
    station: station.id,
    arrivalPeriod,
    departurePeriod,
    estimatedDeparturePeriod: Math.floor(departurePeriod + between(random, -45, 45)),
    claimed: true,
    requestedWh: Math.round(Math.min(mostWh * 0.8, between(random, 9000, 45_000))),
    phases,
    maxA,
    wattsPerAmp,
    priority: 0,
    seq,
  };
};

/** A day of our own: people arrive between a quarter past six and a quarter to nine and want more than there is. The same plan gives the same day. */
export const generateDay = (plan: DayPlan): Day => {
  const random = createRandom(plan.seed);
  const sessions: DaySession[] = [];
  for (const station of plan.site.stations)
    if (random() < plan.occupancy) sessions.push(sessionAt(station, sessions.length, random));
  return {
    format: "alloc-day/1",
    id: plan.id,
    periodS: PERIOD_S,
    periods: PERIODS,
    nominalVoltageV: VOLTAGE_V,
    site: plan.site,
    baseLoadA: Object.fromEntries(plan.buildings.map((building) => [building.circuit, buildingRows(building, random)])),
    sessions,
  };
};
