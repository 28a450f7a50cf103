import type { Day } from "#drivers/simulator/world/day-file.ts";
import { siteOfCase } from "../../cases/case-site.ts";
import { type PhaseVector, ZERO } from "../../model/phase.ts";
import type { Site } from "../../model/site.ts";
import type { StrategyName } from "../../model/strategy.ts";

/** What a day file leaves open. */
export type VirtualSiteOptions = { readonly strategy: StrategyName; readonly cycleMs: number };

const REACTION_MS = 5000;
const METER_INTERVAL_MS = 1000;
/** Exports count in full, as the format has it. */
const FULL_CREDIT_A = 1e6;

/** The site of a day as the loop sees it: every circuit with a building load of its own has a meter, every station measures. */
export const virtualSite = (day: Day, { strategy, cycleMs }: VirtualSiteOptions): Site => {
  const { id, nominalVoltageV, baseLoadA } = day;
  const stations = day.site.stations.map((station) => ({ ...station, phases: [...station.phases] }));
  const site = siteOfCase({ circuits: [...day.site.circuits], stations });
  return {
    ...site,
    id,
    name: id,
    nominalVoltageV,
    strategy,
    cycleMs,
    exportCreditA: FULL_CREDIT_A,
    circuits: site.circuits.map((circuit) => ({
      ...circuit,
      meter: baseLoadA[circuit.id] === undefined ? null : meterOf(circuit.id),
      fallbackLoadA: peakOf(day, circuit.id),
    })),
    stations: site.stations.map((station) => ({ ...station, reactionMs: REACTION_MS, measuresCurrent: true })),
    meters: Object.keys(baseLoadA).map((circuit) => ({
      id: meterOf(circuit),
      measures: "all",
      circuit,
      intervalMs: METER_INTERVAL_MS,
    })),
  };
};

const meterOf = (circuit: string): string => `meter-${circuit}`;

const peakOf = ({ baseLoadA }: Day, circuit: string): PhaseVector => {
  const loads = baseLoadA[circuit];
  const peak = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), -Infinity);
  return loads === undefined ? ZERO : [peak(loads.L1), peak(loads.L2), peak(loads.L3)];
};
