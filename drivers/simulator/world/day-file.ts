import { mapPhases, type Phase, type PhaseVector, PHASES } from "#controller/model/phase.ts";
import type { BuildingTable } from "./building.ts";
import type { CarModel } from "./car.ts";
import type { Session } from "./sessions.ts";
import type { EvseSpec } from "./station.ts";
import type { WorldSite } from "./world.ts";

/** One value per grid phase as day files write it, A. */
export type PerPhase<T> = { readonly [phase in Phase]: T };

/** A station of a day file: one EVSE. */
export type DayStation = {
  readonly id: string;
  readonly circuit: string;
  readonly phases: readonly Phase[];
  readonly minA: number;
  readonly maxA: number;
  readonly stepA: number;
};

/** A session of a day file; present for `arrivalPeriod <= t < departurePeriod`. */
export type DaySession = {
  readonly id: string;
  readonly station: string;
  readonly arrivalPeriod: number;
  readonly departurePeriod: number;
  readonly estimatedDeparturePeriod: number;
  readonly claimed: boolean;
  readonly requestedWh: number;
  readonly phases: 1 | 2 | 3;
  readonly maxA: number;
  readonly wattsPerAmp: number;
  readonly priority: number;
  readonly seq: number;
};

/** A whole day on a site, `alloc-day/1`. */
export type Day = {
  readonly format: "alloc-day/1";
  readonly id: string;
  readonly periodS: number;
  readonly periods: number;
  readonly nominalVoltageV: number;
  readonly site: {
    readonly circuits: readonly {
      readonly id: string;
      readonly parent: string | null;
      readonly limitA: PerPhase<number>;
    }[];
    readonly stations: readonly DayStation[];
  };
  readonly baseLoadA: { readonly [circuit: string]: PerPhase<readonly number[]> };
  readonly sessions: readonly DaySession[];
};

/** What {@link Day} gives a world: pass them on to `createWorld`. */
export type WorldInputs = {
  readonly site: WorldSite;
  readonly sessions: readonly Session[];
  readonly building: BuildingTable;
};

/** How the cars of a day behave beyond what its file says. */
export type CarHabits = Pick<CarModel, "lowersAfterMs" | "raisesAfterMs" | "onePhaseMs" | "tapersFrom">;

/** The format's own model: linear, and at once. */
const IDEAL_CARS: CarHabits = { lowersAfterMs: 0, raisesAfterMs: 0, onePhaseMs: 0, tapersFrom: 1 };

const vector = (value: PerPhase<number>): PhaseVector => [value.L1, value.L2, value.L3];

/** The EVSE of a day's station is called `<station>/1`; it starts without current and has no watchdog. */
const dayEvse = (station: DayStation): EvseSpec => ({
  id: `${station.id}/1`,
  station: station.id,
  circuit: station.circuit,
  phases: station.phases,
  minA: station.minA,
  maxA: station.maxA,
  powerOnA: 0,
  holdOffMs: 0,
  watchdog: { fedBy: "none", timeoutMs: 0, failsafeA: 0, isArmedAtPowerOn: false },
});

/** The day's building loads as a table. */
export const dayBuilding = (day: Day): BuildingTable => {
  const rows = (loadA: PerPhase<readonly number[]>): readonly PhaseVector[] =>
    Array.from({ length: day.periods }, (_, period) => mapPhases((index) => loadA[PHASES[index] ?? "L1"][period] ?? 0));
  return {
    periodMs: day.periodS * 1000,
    loadA: new Map(Object.entries(day.baseLoadA).map(([circuit, loadA]) => [circuit, rows(loadA)])),
  };
};

/** The day's sessions, with cars of the given habits. */
export const daySessions = (day: Day, habits: CarHabits = IDEAL_CARS): readonly Session[] => {
  const minA = new Map(day.site.stations.map((station) => [station.id, station.minA]));
  return day.sessions.map((session) => ({
    id: session.id,
    evse: `${session.station}/1`,
    arrivesAtMs: session.arrivalPeriod * day.periodS * 1000,
    departsAtMs: session.departurePeriod * day.periodS * 1000,
    car: {
      phases: session.phases,
      minA: minA.get(session.station) ?? 6,
      maxA: session.maxA,
      wattsPerAmp: session.wattsPerAmp,
      energyWantedWh: session.requestedWh,
      ...habits,
      ignoresLimits: false,
    },
  }));
};

/** A day as inputs of a world. */
export const worldInputs = (day: Day, habits: CarHabits = IDEAL_CARS): WorldInputs => ({
  site: {
    circuits: day.site.circuits.map((circuit) => ({
      id: circuit.id,
      parent: circuit.parent,
      limitA: vector(circuit.limitA),
    })),
    evses: day.site.stations.map(dayEvse),
  },
  sessions: daySessions(day, habits),
  building: dayBuilding(day),
});
