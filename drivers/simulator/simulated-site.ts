import type { Phase } from "#controller/model/phase.ts";
import type { MeterScope } from "#controller/model/site.ts";
import type { Profiles } from "../profiles/load.ts";
import type { StationProfile } from "../profiles/schema.ts";
import { type CarHabits, type Day, daySessions, type PerPhase } from "./world/day-file.ts";
import { between, createRandom, type Random } from "./world/random.ts";
import type { Session } from "./world/sessions.ts";
import type { EvseSpec } from "./world/station.ts";
import type { SolarPlant } from "./world/sun.ts";
import type { WorldCircuit } from "./world/tree.ts";

/** How a simulated device is reached. */
export type Link =
  | { readonly transport: "modbus-tcp" }
  | { readonly transport: "modbus-rtu"; readonly line: string; readonly unitId: number }
  | { readonly transport: "mqtt"; readonly prefix: string };

/** An EVSE of a simulated station; left without `failsafeA` it has no watchdog. */
export type SimulatedEvse = { readonly phases: readonly Phase[]; readonly maxA: number; readonly failsafeA?: number };

/** A station of a simulated site. */
export type SimulatedStation = {
  readonly id: string;
  readonly circuit: string;
  readonly profile: string;
  readonly link: Link;
  readonly evses: readonly SimulatedEvse[];
};

/** A meter of a simulated site. */
export type SimulatedMeter = {
  readonly id: string;
  readonly circuit: string;
  readonly measures: MeterScope;
  readonly profile: string;
  readonly link: Link;
};

/** An inverter of a simulated site. */
export type SimulatedInverter = SolarPlant & {
  readonly id: string;
  readonly name: string;
  readonly profile: string;
  readonly link: Link;
};

/** A circuit of a simulated site, with what its site file says of it beyond its place and limit. */
export type SimulatedCircuit = WorldCircuit & {
  readonly name: string;
  readonly more: { readonly [key: string]: number | string | boolean | PerPhase<number> };
};

/** A site whose devices are simulated, with the day that it lives through. */
export type SimulatedSite = {
  readonly id: string;
  readonly name: string;
  readonly nominalVoltageV: number;
  readonly exportCreditA: number;
  readonly circuits: readonly SimulatedCircuit[];
  readonly stations: readonly SimulatedStation[];
  readonly meters: readonly SimulatedMeter[];
  readonly inverters: readonly SimulatedInverter[];
  readonly day: Day;
  /** Time of the day at which it begins, ms. */
  readonly startMs: number;
  readonly habits: CarHabits;
};

/** The profile of a station; throws when there is none of that id. */
export const stationProfile = (profiles: Profiles, id: string): StationProfile => {
  const profile = profiles.stations.get(id);
  if (profile === undefined) throw new Error(`no station profile ${id}`);
  return profile;
};

const MAX_HOLD_OFF_MS = 2000;

const evseSpec = (
  station: SimulatedStation,
  index: number,
  evse: SimulatedEvse,
  profile: StationProfile,
  holdOffMs: number,
): EvseSpec => {
  const { control, watchdog } = profile;
  const needsArming = (watchdog.arm ?? []).length > 0;
  return {
    id: `${station.id}/${index + 1}`,
    station: station.id,
    circuit: station.circuit,
    phases: evse.phases,
    minA: control.minA,
    maxA: evse.maxA,
    powerOnA: control.powerOnA === "max" ? evse.maxA : control.powerOnA,
    holdOffMs,
    watchdog: {
      fedBy: evse.failsafeA === undefined ? "none" : watchdog.fedBy,
      timeoutMs: watchdog.timeoutMs ?? 0,
      failsafeA: evse.failsafeA ?? 0,
      isArmedAtPowerOn: !needsArming && watchdog.timeoutMs !== undefined,
    },
  };
};

/** The electrical side of every EVSE, as its profile and the site describe it. */
export const evseSpecs = (site: SimulatedSite, profiles: Profiles): readonly EvseSpec[] => {
  const random = createRandom(site.stations.length);
  return site.stations.flatMap((station) =>
    station.evses.map((evse, index) =>
      evseSpec(station, index, evse, stationProfile(profiles, station.profile), between(random, 0, MAX_HOLD_OFF_MS)),
    ),
  );
};

const habitsOf = (site: SimulatedSite, random: Random): CarHabits => ({
  ...site.habits,
  lowersAfterMs: between(random, 0, site.habits.lowersAfterMs),
  raisesAfterMs: between(random, 0, site.habits.raisesAfterMs),
});

/** The day's sessions; every car reacts within the site's habits, each in its own time. */
export const sessionsOf = (site: SimulatedSite): readonly Session[] => {
  const random = createRandom(site.day.sessions.length);
  return daySessions(site.day, site.habits).map((session) => ({
    ...session,
    car: { ...session.car, ...habitsOf(site, random) },
  }));
};
