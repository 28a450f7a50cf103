import type { Fuse } from "../world/fuse.ts";
import type { CurrentTally } from "./currents.ts";
import type { SessionTally } from "./session.ts";

/** The figures of a whole day under the names that results of day files use; energy in Wh, currents in A. */
export type DayMetrics = {
  readonly deliveredWh: number;
  readonly deliveredFraction: number;
  /** Sessions that miss less than 100 Wh. */
  readonly sessionsMet: number;
  readonly sessions: number;
  readonly meanSessionFraction: number;
  readonly minSessionFraction: number;
  /** Jain's index of fairness over the fractions: 1 is the same for all. */
  readonly jain: number;
  /** Highest current of the vehicles on a phase of the grid connection. */
  readonly peakSiteEvA: number;
  readonly peakEvKW: number;
  /** Setpoints that went to 0 while the vehicle wanted more. */
  readonly interruptions: number;
  readonly starts: number;
  readonly setpointChanges: number;
  /** The most by which vehicles, or their setpoints, exceeded what the building left of a limit. */
  readonly maxOverLimitA: number;
  readonly maxPilotOverLimitA: number;
  /** Cycles in which vehicles did so. */
  readonly periodsOverLimit: number;
  /** Setpoints below the station's minimum, above its maximum or off its step. */
  readonly invalidSetpoints: number;
};

const MET_WH = 100;

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The figures of a day whose sessions got so much, Wh. */
export const dayMetrics = (
  tallies: readonly SessionTally[],
  gotWh: (tally: SessionTally) => number,
  { currents, fuses }: { readonly currents: CurrentTally; readonly fuses: readonly Fuse[] },
): DayMetrics => {
  const deliveredWh = sum(tallies.map(gotWh));
  const requestedWh = sum(tallies.map(({ session }) => session.requestedWh));
  const total = (of: (tally: SessionTally) => number): number => sum(tallies.map(of));
  return {
    deliveredWh: round(deliveredWh, 0),
    deliveredFraction: requestedWh === 0 ? 1 : round(deliveredWh / requestedWh, 5),
    sessionsMet: tallies.filter((tally) => tally.session.requestedWh - gotWh(tally) < MET_WH).length,
    sessions: tallies.length,
    ...fairness(tallies.map((tally) => fractionOf(tally.session.requestedWh, gotWh(tally)))),
    peakSiteEvA: round(currents.peakSiteEvA, 1),
    peakEvKW: round(currents.peakEvKW, 2),
    interruptions: total(({ interruptions }) => interruptions),
    starts: total(({ starts }) => starts),
    setpointChanges: total(({ setpointChanges }) => setpointChanges),
    maxOverLimitA: round(
      fuses.reduce((most, { evMostAboveA }) => Math.max(most, evMostAboveA), 0),
      2,
    ),
    maxPilotOverLimitA: round(currents.maxPilotOverLimitA, 2),
    periodsOverLimit: currents.periodsOverLimit,
    invalidSetpoints: total(({ invalidSetpoints }) => invalidSetpoints),
  };
};

const fractionOf = (requestedWh: number, deliveredWh: number): number =>
  requestedWh === 0 ? 1 : deliveredWh / requestedWh;

const fairness = (fractions: readonly number[]) => {
  const count = Math.max(1, fractions.length);
  const squares = sum(fractions.map((fraction) => fraction ** 2));
  return {
    meanSessionFraction: round(sum(fractions) / count, 4),
    minSessionFraction: round(
      fractions.reduce((least, fraction) => Math.min(least, fraction), 1),
      4,
    ),
    jain: squares === 0 ? 1 : round(sum(fractions) ** 2 / (count * squares), 4),
  };
};
