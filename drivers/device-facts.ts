import type { InverterProfile, MeterProfile, Profile, StationProfile } from "./profiles/schema.ts";

const transportsOf = (profile: Profile) => {
  const { transports } = profile;
  return {
    ...(transports["modbus-tcp"] === undefined ? {} : { "modbus-tcp": transports["modbus-tcp"] }),
    ...(transports["modbus-rtu"] === undefined ? {} : { "modbus-rtu": transports["modbus-rtu"] }),
    ...(transports.mqtt === undefined ? {} : { mqtt: transports.mqtt }),
  };
};

const watchdogMs = ({ watchdog }: StationProfile): number | null =>
  watchdog.fedBy === "none" ? null : (watchdog.timeoutMs ?? null);

/** A failsafe that counts has a watchdog with a known time and a current that can be read back (R6). */
const hasFailsafe = (profile: StationProfile): boolean =>
  watchdogMs(profile) !== null && profile.reading.failsafeA !== undefined;

const stationFacts = (profile: StationProfile) => ({
  kind: profile.kind,
  id: profile.id,
  transports: transportsOf(profile),
  minA: profile.control.minA,
  maxA: profile.control.maxA,
  stepA: profile.control.stepA,
  watchdogMs: watchdogMs(profile),
  reactionMs: profile.control.reactionMs,
  powerOnA: profile.control.powerOnA,
  measuresCurrent: profile.reading.currentA !== undefined,
  hasFailsafe: hasFailsafe(profile),
  maxEvses: profile.maxEvses,
  evseUnitIdStep: profile.modbus?.evseUnitIdStep ?? 0,
});

const meterFacts = (profile: MeterProfile) => ({
  kind: profile.kind,
  id: profile.id,
  transports: transportsOf(profile),
  intervalMs: profile.intervalMs,
});

const inverterFacts = (profile: InverterProfile) => ({
  kind: profile.kind,
  id: profile.id,
  transports: transportsOf(profile),
});

/** What configuration needs to know of the given profiles, by id. */
export const deviceFacts = (profiles: {
  readonly stations: ReadonlyMap<string, StationProfile>;
  readonly meters: ReadonlyMap<string, MeterProfile>;
  readonly inverters: ReadonlyMap<string, InverterProfile>;
}) => {
  const facts = [
    ...[...profiles.stations.values()].map(stationFacts),
    ...[...profiles.meters.values()].map(meterFacts),
    ...[...profiles.inverters.values()].map(inverterFacts),
  ];
  return new Map(facts.map((device) => [device.id, device]));
};
