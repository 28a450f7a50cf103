import { type Phase, type PhaseVector, PHASES } from "#controller/model/phase.ts";
import type { SimulatedCircuit, SimulatedSite } from "./simulated-site.ts";
import type { Day, PerPhase } from "./world/day-file.ts";

/** Whole amperes like the day files, up to 80 A, with a failsafe that can be set to 0 A; the meter has a sample every second. */
const DEVICES = { station: "phoenix-charx-sec", meter: "janitza-umg604" };

const HOUR_MS = 3_600_000;
/** A day file credits what a building exports in full; this is the most that a site file may. */
const FULL_CREDIT_A = 1000;

type DayCircuit = Day["site"]["circuits"][number];

const vector = ({ L1, L2, L3 }: PerPhase<number>): PhaseVector => [L1, L2, L3];

const meterOf = (circuit: string): string => `meter-${circuit}`;

const isAt = (day: Day, circuit: string, id: string): boolean => {
  const parent = day.site.circuits.find((other) => other.id === circuit)?.parent ?? null;
  return circuit === id || (parent !== null && isAt(day, parent, id));
};

/** Loads of a circuit and of those below it. */
const loadsAt = (day: Day, id: string): readonly PerPhase<readonly number[]>[] =>
  Object.entries(day.baseLoadA).flatMap(([circuit, loadA]) => (isAt(day, circuit, id) ? [loadA] : []));

const loadAt = (loads: readonly PerPhase<readonly number[]>[], phase: Phase, period: number): number =>
  loads.reduce((sum, loadA) => sum + (loadA[phase][period] ?? 0), 0);

const periodsOf = (day: Day): readonly number[] => Array.from({ length: day.periods }, (_, period) => period);

/** A load above the limit is the building's own doing, but a site file would rightly be refused for it. */
const worstLoadA = (day: Day, { id, limitA }: DayCircuit): PerPhase<number> => {
  const loads = loadsAt(day, id);
  const worst = (phase: Phase): number =>
    periodsOf(day).reduce((most, period) => Math.max(most, Math.min(limitA[phase], loadAt(loads, phase, period))), 0);
  return { L1: worst("L1"), L2: worst("L2"), L3: worst("L3") };
};

const isLoaded = (day: Day, circuit: string): boolean => loadsAt(day, circuit).length > 0;

const circuitOf = (day: Day, circuit: DayCircuit): SimulatedCircuit => ({
  id: circuit.id,
  name: circuit.id,
  parent: circuit.parent,
  limitA: vector(circuit.limitA),
  more: isLoaded(day, circuit.id)
    ? { meter: meterOf(circuit.id), worstLoadA: worstLoadA(day, circuit), confirmLargeLimit: true }
    : { dedicated: true, confirmLargeLimit: true },
});

/** How much more the vehicles present could draw than the grid connection has left, A over all phases. */
const shortageA = (day: Day, period: number): number => {
  const root = day.site.circuits.find(({ parent }) => parent === null);
  if (root === undefined) return 0;
  const loads = loadsAt(day, root.id);
  const freeA = PHASES.reduce((sum, phase) => sum + Math.max(0, root.limitA[phase] - loadAt(loads, phase, period)), 0);
  const present = day.sessions.filter((s) => s.arrivalPeriod <= period && period < s.departurePeriod);
  return present.reduce((sum, { maxA, phases }) => sum + maxA * phases, 0) - freeA;
};

/** An hour before the tightest moment of a day, ms from its beginning. */
export const beforeTightestMs = (day: Day): number => {
  const shortagesA = periodsOf(day).map((period) => shortageA(day, period));
  const tightest = shortagesA.indexOf(Math.max(...shortagesA));
  return Math.max(0, tightest * day.periodS * 1000 - HOUR_MS);
};

/** A day file as a simulated site on Modbus TCP: every station is of one family, and a meter measures each circuit with a building load at or below it. */
export const siteOfDay = (day: Day, startMs: number): SimulatedSite => ({
  id: day.id,
  name: day.id,
  nominalVoltageV: day.nominalVoltageV,
  exportCreditA: FULL_CREDIT_A,
  circuits: day.site.circuits.map((circuit) => circuitOf(day, circuit)),
  stations: day.site.stations.map(({ id, circuit, phases, maxA }) => ({
    id,
    circuit,
    profile: DEVICES.station,
    link: { transport: "modbus-tcp" },
    evses: [{ phases, maxA, failsafeA: 0 }],
  })),
  meters: day.site.circuits
    .filter(({ id }) => isLoaded(day, id))
    .map(({ id }) => ({
      id: meterOf(id),
      circuit: id,
      measures: "all",
      profile: DEVICES.meter,
      link: { transport: "modbus-tcp" },
    })),
  inverters: [],
  day,
  startMs,
  habits: { lowersAfterMs: 4000, raisesAfterMs: 4000, onePhaseMs: 3000, tapersFrom: 0.85 },
});
