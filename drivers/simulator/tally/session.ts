import type { Reason, Setpoint } from "#controller/model/setpoint.ts";
import { type Car, carPowerW, deliveredWh, isFull } from "../world/car.ts";
import type { DaySession, DayStation } from "../world/day-file.ts";

/** Why a vehicle does not charge faster: it has all it wanted, takes its own maximum, or what its setpoint says. */
export type WhyNotMore = Reason | { readonly code: "satisfied" } | { readonly code: "own-maximum" };

/** How long one reason held, and the energy that waited because of it, Wh. */
export type ReasonTally = { readonly why: WhyNotMore; ms: number; waitedWh: number };

/** What was counted of one session. */
export type SessionTally = {
  readonly session: DaySession;
  readonly station: DayStation;
  /** What it was told last, A; null: it has not come yet. */
  setpointA: number | null;
  starts: number;
  interruptions: number;
  setpointChanges: number;
  invalidSetpoints: number;
  /** What it would still want by now, had it charged at its maximum all along, Wh. */
  leftAtMaximumWh: number;
  readonly reasons: Map<string, ReasonTally>;
};

/** Nothing counted yet. */
export const createSessionTally = (session: DaySession, station: DayStation): SessionTally => ({
  session,
  station,
  setpointA: null,
  starts: 0,
  interruptions: 0,
  setpointChanges: 0,
  invalidSetpoints: 0,
  leftAtMaximumWh: session.requestedWh,
  reasons: new Map(),
});

/** The step that a setpoint is in force for. */
export type Step = { readonly nowMs: number; readonly ms: number };

const MS_PER_HOUR = 3_600_000;
const TOLERANCE_A = 1e-6;

/** Counts a step of a session that is present, with the car as it follows its setpoint. */
export const noteSession = (tally: SessionTally, car: Car, { currentA, reason }: Setpoint, step: Step): void => {
  noteSwitching(tally, currentA, isUnfinished(tally, car, step));
  if (!isAllowed(currentA, tally.station)) tally.invalidSetpoints += 1;
  tally.setpointA = currentA;
  noteReason(tally, car, reason, step.ms);
};

/** It misses more than one step at its minimum would bring. */
const isUnfinished = ({ session, station }: SessionTally, car: Car, { nowMs, ms }: Step): boolean => {
  const leastWh = (station.minA * session.wattsPerAmp * ms) / MS_PER_HOUR;
  return session.requestedWh - deliveredWh(car, nowMs) > Math.max(1, leastWh);
};

const noteSwitching = (tally: SessionTally, currentA: number, wantsMore: boolean): void => {
  const beforeA = tally.setpointA ?? 0;
  if (beforeA === 0 && currentA > 0) tally.starts += 1;
  if (beforeA > 0 && currentA === 0 && wantsMore) tally.interruptions += 1;
  if (tally.setpointA !== null && currentA !== beforeA) tally.setpointChanges += 1;
};

const isAllowed = (currentA: number, { minA, maxA, stepA }: DayStation): boolean => {
  const steps = currentA / stepA;
  const isInRange = currentA >= minA - TOLERANCE_A && currentA <= maxA + TOLERANCE_A;
  return currentA === 0 || (isInRange && Math.abs(steps - Math.round(steps)) <= TOLERANCE_A);
};

const noteReason = (tally: SessionTally, car: Car, reason: Reason, ms: number): void => {
  const mostA = Math.min(tally.station.maxA, tally.session.maxA);
  const why = whyNotMore(car, reason, mostA);
  const key = "circuit" in why ? `${why.code} ${why.circuit} ${"phase" in why ? why.phase : ""}` : why.code;
  const noted = tally.reasons.get(key) ?? { why, ms: 0, waitedWh: 0 };
  const mostWh = Math.min(tally.leftAtMaximumWh, (mostA * tally.session.wattsPerAmp * ms) / MS_PER_HOUR);
  noted.ms += ms;
  noted.waitedWh += Math.max(0, mostWh - (carPowerW(car) * ms) / MS_PER_HOUR);
  tally.leftAtMaximumWh -= mostWh;
  tally.reasons.set(key, noted);
};

const SATISFIED: WhyNotMore = { code: "satisfied" };
const OWN_MAXIMUM: WhyNotMore = { code: "own-maximum" };

const whyNotMore = (car: Car, reason: Reason, mostA: number): WhyNotMore => {
  if (isFull(car)) return SATISFIED;
  return car.drawnA >= mostA - TOLERANCE_A ? OWN_MAXIMUM : reason;
};
