import type { CircuitOutcome, DayReport, SessionReport } from "#drivers/simulator/tally/day.ts";
import type { DayMetrics } from "#drivers/simulator/tally/metrics.ts";
import { reasonText } from "../apps/simulation/reason-text.ts";
import type { NeedsTold } from "../apps/simulation/simulate-day.ts";

/** A simulated day and how it was simulated. */
export type Simulation = {
  readonly id: string;
  readonly strategy: string;
  readonly cycleS: number;
  readonly needs: NeedsTold;
  readonly report: DayReport;
};

/** The result for programs: the figures of the day beside what it was made from. */
export const simulationJson = ({ report, ...made }: Simulation): string => {
  const bySession = report.bySession.map((session) => ({
    ...session,
    reasons: session.reasons.map(({ why, ...reason }) => ({ ...why, ...reason, text: reasonText(why) })),
  }));
  return `${JSON.stringify({ ...made, ...report.metrics, bySession, byCircuit: report.byCircuit }, null, 2)}\n`;
};

const NEEDS_TEXT: Readonly<Record<NeedsTold, string>> = {
  exact: "departures and energy are known",
  estimated: "departures are drivers' estimates",
  none: "departures and energy are not known",
};

/** The result for people. */
export const simulationText = ({ id, strategy, cycleS, needs, report }: Simulation): string =>
  [
    `${id}: ${strategy}, a cycle every ${cycleS} s, ${NEEDS_TEXT[needs]}`,
    "",
    ...figures(report.metrics),
    "",
    ...table([CIRCUIT_HEAD, ...report.byCircuit.map(circuitRow)]),
    "",
    ...table([SESSION_HEAD, ...report.bySession.map(sessionRow)]),
    "",
  ].join("\n");

const figures = (metrics: DayMetrics): readonly string[] =>
  table(Object.entries(metrics).map(([name, value]) => [name, String(value)]));

const CIRCUIT_HEAD = ["circuit", "limit A", "peak A", "waited kWh", "longest above s", "hottest minute", "fuse"];

const circuitRow = (circuit: CircuitOutcome): readonly string[] => [
  circuit.id,
  circuit.limitA.join(" "),
  circuit.peakA.join(" "),
  kWh(circuit.waitedWh),
  String(circuit.longestAboveS),
  String(circuit.worstMinuteHeat),
  FUSE_TEXT[circuit.fuse],
];

const FUSE_TEXT: Readonly<Record<CircuitOutcome["fuse"], string>> = {
  kept: "kept",
  building: "overloaded by the building alone",
  vehicles: "overloaded",
};

const SESSION_HEAD = ["session", "station", "from", "to", "got kWh", "of kWh", "pauses", "why not more"];

const sessionRow = (session: SessionReport): readonly string[] => [
  session.id,
  session.station,
  timeOfDay(session.arrivesAtS),
  timeOfDay(session.departsAtS),
  kWh(session.deliveredWh),
  kWh(session.requestedWh),
  String(session.interruptions),
  session.reasons
    .slice(0, MOST_REASONS)
    .map(({ why, share }) => `${percent(share)} ${reasonText(why)}`)
    .join("; "),
];

/** In a table; as JSON there are all. */
const MOST_REASONS = 3;

const percent = (share: number): string => (share < 0.01 ? "<1 %" : `${Math.round(share * 100)} %`);

const kWh = (energyWh: number): string => (energyWh / 1000).toFixed(1);

const timeOfDay = (seconds: number): string => {
  const minutes = Math.floor(seconds / 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
};

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows.reduce<readonly number[]>(
    (most, row) => row.map((cell, i) => Math.max(cell.length, most[i] ?? 0)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
};
