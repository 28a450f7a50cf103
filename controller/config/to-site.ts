import type { PhaseVector } from "../model/phase.ts";
import type { Circuit, Evse, Meter, Site, Station } from "../model/site.ts";
import type { DeviceFacts, FactsById, StationFacts } from "./device-facts.ts";
import { phaseAmps } from "./phase-amps.ts";
import type { CircuitConfig, EvseConfig, MeterConfig, SiteFile, StationConfig } from "./schema.ts";

/** Largest building load for the fallback proof, A per phase; null: the file states none. */
export const worstLoad = (circuit: CircuitConfig): PhaseVector | null => {
  const stated = circuit.worstLoadA ?? circuit.fallbackLoadA ?? circuit.otherLoadA;
  if (stated !== undefined) return phaseAmps(stated);
  return circuit.dedicated ? phaseAmps(0) : null;
};

/** The circuits in an order in which each follows the one that feeds it; those of a cycle are left out. */
const parentsFirst = (circuits: readonly CircuitConfig[]): readonly CircuitConfig[] => {
  const children = Map.groupBy(circuits, (circuit) => circuit.parent);
  const ordered: CircuitConfig[] = [...(children.get(undefined) ?? [])];
  for (const circuit of ordered) ordered.push(...(children.get(circuit.id) ?? []));
  return ordered;
};

const toCircuit = (circuit: CircuitConfig): Circuit => {
  const worstLoadA = worstLoad(circuit) ?? phaseAmps(circuit.limitA);
  return {
    id: circuit.id,
    name: circuit.name ?? circuit.id,
    parent: circuit.parent ?? null,
    sealedA: phaseAmps(circuit.limitA),
    sealedPowerW: sealedPower(circuit),
    generatorA: circuit.generatorLimitA === undefined ? null : phaseAmps(circuit.generatorLimitA),
    reserveA: circuit.reserveA,
    largestStepA: phaseAmps(circuit.largestStepA ?? 0),
    maxImbalanceA: circuit.maxImbalanceA ?? null,
    meter: circuit.meter ?? null,
    fallbackLoadA: circuit.fallbackLoadA === undefined ? worstLoadA : phaseAmps(circuit.fallbackLoadA),
    worstLoadA,
    otherLoadA: phaseAmps(circuit.otherLoadA ?? 0),
  };
};

/** The transformer's apparent power counts as power: the safe side, for no power is above its apparent power. */
const sealedPower = ({ limitKw, transformerKva }: CircuitConfig): number | null =>
  limitKw === undefined && transformerKva === undefined
    ? null
    : 1000 * Math.min(limitKw ?? Infinity, transformerKva ?? Infinity);

const stationFacts = (facts: FactsById, id: string): StationFacts => {
  const found: DeviceFacts | undefined = facts.get(id);
  if (found?.kind !== "station") throw new Error(`site file was not checked: ${id} is no station profile`);
  return found;
};

const toStation = (station: StationConfig, facts: StationFacts): Station => ({
  id: station.id,
  name: station.name ?? station.id,
  profile: facts.id,
  watchdogMs: facts.watchdogMs,
  reactionMs: facts.reactionMs,
  measuresCurrent: facts.measuresCurrent,
});

/** The id of an EVSE on the site: `<station>/<number>`. */
const evseId = (station: string, number: number): string => `${station}/${number}`;

const toEvse = (evse: EvseConfig, station: StationConfig, facts: StationFacts): Evse => ({
  id: evseId(station.id, evse.id),
  station: station.id,
  number: evse.id,
  circuit: station.circuit,
  phases: evse.phases,
  minA: evse.minA ?? facts.minA,
  maxA: evse.maxA,
  stepA: facts.stepA,
  priority: evse.priority,
  weight: evse.weight,
  failsafeA: evse.failsafeA ?? null,
  powerOnA: facts.powerOnA === "max" ? evse.maxA : Math.min(facts.powerOnA, evse.maxA),
});

const toMeter = (meter: MeterConfig, circuits: readonly CircuitConfig[], facts: FactsById): Meter => {
  const profile = facts.get(meter.device.profile);
  const circuit = circuits.find((c) => c.meter === meter.id);
  if (profile?.kind !== "meter" || circuit === undefined)
    throw new Error(`site file was not checked: meter ${meter.id}`);
  return {
    id: meter.id,
    measures: meter.measures,
    circuit: circuit.id,
    intervalMs: meter.intervalMs ?? profile.intervalMs,
  };
};

/** The site a checked file describes: references resolved, defaults of profiles filled in, circuits parents first. */
export const toSite = (file: SiteFile, facts: FactsById): Site => ({
  id: file.site.id,
  name: file.site.name ?? file.site.id,
  timezone: file.site.timezone,
  nominalVoltageV: file.site.nominalVoltageV,
  cycleMs: file.site.cycleMs,
  exportCreditA: file.site.exportCreditA,
  strategy: file.strategy,
  strategySettings: { ...file.solarFirst, ...file.cheapest },
  guaranteeMinimums: file.guaranteeMinimums,
  circuits: parentsFirst(file.circuits).map(toCircuit),
  stations: file.stations.map((station) => toStation(station, stationFacts(facts, station.device.profile))),
  evses: file.stations.flatMap((station) =>
    station.evses.map((evse) => toEvse(evse, station, stationFacts(facts, station.device.profile))),
  ),
  meters: file.meters.map((meter) => toMeter(meter, file.circuits, facts)),
  inverters: file.inverters.map(({ id, name = id, circuit }) => ({ id, name, circuit })),
});
