import type { Setpoint } from "#controller/model/setpoint.ts";
import { type CircuitReport, circuitReports } from "../run-report.ts";
import type { Day } from "../world/day-file.ts";
import { sessionOutcomes, type World } from "../world/world.ts";
import { createCurrentTally, noteCurrents, noteExcess } from "./currents.ts";
import { type DayMetrics, dayMetrics } from "./metrics.ts";
import { createSessionTally, noteSession, type SessionTally, type WhyNotMore } from "./session.ts";

/** One reason why a session did not charge faster: its share of the time plugged in, and the energy that waited for it. */
export type SessionReason = { readonly why: WhyNotMore; readonly share: number; readonly waitedWh: number };

/** What one session got and why not more. */
export type SessionReport = {
  readonly id: string;
  readonly station: string;
  readonly arrivesAtS: number;
  readonly departsAtS: number;
  readonly requestedWh: number;
  readonly deliveredWh: number;
  readonly starts: number;
  readonly interruptions: number;
  /** The longest first. */
  readonly reasons: readonly SessionReason[];
};

/** A circuit: what its fuses went through, and the energy that waited because of it. */
export type CircuitOutcome = CircuitReport & {
  readonly waitedWh: number;
  /** Fuse figure F: whether it was above its limit for at most 12 s and no hotter in any minute than at 1.13 of its rated current; if not, whether vehicles had a part in it. */
  readonly fuse: "kept" | "building" | "vehicles";
};

/** What became of a day. */
export type DayReport = {
  readonly metrics: DayMetrics;
  readonly bySession: readonly SessionReport[];
  readonly byCircuit: readonly CircuitOutcome[];
};

/** Counts what a day brings, step by step. */
export type DayTally = {
  /** A step begins: these setpoints have taken effect and hold for so long, ms. */
  beginStep(setpoints: readonly Setpoint[], ms: number): void;
  endStep(): void;
  report(): DayReport;
};

/** A tally of a day in a world that has just begun. */
export const createDayTally = (day: Day, world: World): DayTally => {
  const sessions = sessionTallies(day);
  const currents = createCurrentTally();
  return {
    beginStep(setpoints, ms) {
      const present = setpoints.flatMap((setpoint) => {
        const visit = world.visits.current.get(setpoint.evse);
        const tally = sessions.get(visit?.session.id ?? "");
        if (visit === undefined || tally === undefined) return [];
        noteSession(tally, visit.car, setpoint, { nowMs: world.nowMs, ms });
        return [tally];
      });
      noteCurrents(currents, world, present);
    },
    endStep: () => noteExcess(currents, world),
    report() {
      const outcomes = new Map(sessionOutcomes(world).map(({ session, deliveredWh }) => [session, deliveredWh]));
      const tallies = [...sessions.values()];
      const gotWh = (tally: SessionTally): number => outcomes.get(tally.session.id) ?? 0;
      return {
        metrics: dayMetrics(tallies, gotWh, { currents, fuses: world.fuses.flat() }),
        bySession: tallies.map((tally) => sessionReport(tally, gotWh(tally), day.periodS)),
        byCircuit: circuitReports(world).map((circuit) => circuitOutcome(circuit, tallies)),
      };
    },
  };
};

const sessionTallies = ({ site, sessions }: Day): ReadonlyMap<string, SessionTally> => {
  const stations = new Map(site.stations.map((station) => [station.id, station]));
  return new Map(
    sessions.flatMap((session) => {
      const station = stations.get(session.station);
      return station === undefined ? [] : [[session.id, createSessionTally(session, station)] as const];
    }),
  );
};

const round = (value: number, digits = 0): number => Number(value.toFixed(digits));

const sessionReport = (tally: SessionTally, deliveredWh: number, periodS: number): SessionReport => {
  const { session, starts, interruptions } = tally;
  const reasons = [...tally.reasons.values()].toSorted((a, b) => b.ms - a.ms);
  const presentMs = reasons.reduce((sum, { ms }) => sum + ms, 0);
  return {
    id: session.id,
    station: session.station,
    arrivesAtS: session.arrivalPeriod * periodS,
    departsAtS: session.departurePeriod * periodS,
    requestedWh: round(session.requestedWh),
    deliveredWh: round(deliveredWh),
    starts,
    interruptions,
    reasons: reasons.map(({ why, ms, waitedWh }) => ({
      why,
      share: round(ms / presentMs, 4),
      waitedWh: round(waitedWh),
    })),
  };
};

/** IEC 60898-1: at 1.13 of its rated current a circuit breaker must not trip within the hour. */
const HEAT_BORNE = 1.13 ** 2;
const LONGEST_ABOVE_S = 12;

const circuitOutcome = (report: CircuitReport, tallies: readonly SessionTally[]): CircuitOutcome => {
  const reasons = tallies.flatMap((tally) => [...tally.reasons.values()]);
  const own = reasons.filter(({ why }) => "circuit" in why && why.circuit === report.id);
  const isKept = report.longestAboveS <= LONGEST_ABOVE_S && report.worstMinuteHeat <= HEAT_BORNE;
  return {
    ...report,
    waitedWh: round(own.reduce((sum, { waitedWh }) => sum + waitedWh, 0)),
    fuse: isKept ? "kept" : report.evAboveS > 0 ? "vehicles" : "building",
  };
};
