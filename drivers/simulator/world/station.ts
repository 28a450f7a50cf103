import type { Phase, PhaseVector } from "#controller/model/phase.ts";
import type { VehicleState } from "#controller/model/reading.ts";
import { advanceCar, type Car, deliveredWh } from "./car.ts";

/** Kinds of traffic that a watchdog may take as a sign of life. */
export type Traffic = "request" | "read" | "setpoint" | "feed";

/** What an EVSE falls back to when nobody speaks to it. */
export type Watchdog = {
  readonly fedBy: "none" | "any-request" | "any-read" | "setpoint" | "write";
  readonly timeoutMs: number;
  readonly failsafeA: number;
  /** Whether it is armed when it has power, without being written to. */
  readonly isArmedAtPowerOn: boolean;
};

/** An EVSE's wiring and electrical behaviour; currents in A per phase. */
export type EvseSpec = {
  readonly id: string;
  readonly station: string;
  readonly circuit: string;
  /** Grid phases on its terminals, in their order. */
  readonly phases: readonly Phase[];
  readonly minA: number;
  readonly maxA: number;
  readonly powerOnA: number;
  /** Time from a new limit to the new pilot signal, 0 to 5 s. */
  readonly holdOffMs: number;
  readonly watchdog: Watchdog;
};

/** What is broken about a station on command. */
export type StationFaults = {
  /** It hears and says nothing. */
  silence: boolean;
  /** Every answer comes this much later. */
  delayMs: number;
  /** Share of answers that get lost on their way, 0 to 1. */
  lostFraction: number;
  /** Answers are noise. */
  garbage: boolean;
  /** Acknowledges limits and ignores them. */
  disobedience: boolean;
  /** Readings stand still. */
  frozen: boolean;
};

/** A station: what its EVSEs share. */
export type Station = { readonly id: string; readonly faults: StationFaults; bootedAtMs: number };

/** An EVSE and the car at it. */
export type Evse = {
  readonly spec: EvseSpec;
  car: Car | null;
  setA: number;
  isEnabled: boolean;
  isArmed: boolean;
  failsafeA: number;
  timeoutMs: number;
  fedAtMs: number;
  isFallenBack: boolean;
  targetA: number;
  pilotA: number;
  pilotAtMs: number;
  /** Energy of the cars that have left, Wh. */
  countedWh: number;
};

/** A station without faults that has power. */
export const createStation = (id: string): Station => ({
  id,
  faults: { silence: false, delayMs: 0, lostFraction: 0, garbage: false, disobedience: false, frozen: false },
  bootedAtMs: -Infinity,
});

/** Puts an EVSE into the state it has when power comes on. */
export const powerOn = (evse: Evse, nowMs: number): void => {
  const { watchdog, powerOnA } = evse.spec;
  evse.setA = powerOnA;
  evse.isEnabled = true;
  evse.isArmed = watchdog.isArmedAtPowerOn && watchdog.fedBy !== "none";
  evse.failsafeA = watchdog.failsafeA;
  evse.timeoutMs = watchdog.timeoutMs;
  evse.fedAtMs = nowMs;
  evse.isFallenBack = false;
};

/** An EVSE without a car that has just got power. */
export const createEvse = (spec: EvseSpec, nowMs: number): Evse => {
  const evse: Evse = {
    spec,
    car: null,
    setA: 0,
    isEnabled: true,
    isArmed: false,
    failsafeA: 0,
    timeoutMs: 0,
    fedAtMs: nowMs,
    isFallenBack: false,
    targetA: 0,
    pilotA: 0,
    pilotAtMs: Infinity,
    countedWh: 0,
  };
  powerOn(evse, nowMs);
  return evse;
};

/** Whether a station has power and has booted: else it neither charges nor answers. */
export const isUp = (station: Station, nowMs: number): boolean => nowMs >= station.bootedAtMs;

/** The limit in force inside the EVSE, A: what it would signal once its hold-off has passed. */
export const limitInForceA = (evse: Evse): number => {
  const limitA = evse.isFallenBack ? evse.failsafeA : evse.isEnabled ? evse.setA : 0;
  return limitA < evse.spec.minA ? 0 : Math.min(limitA, evse.spec.maxA);
};

const FEEDS: Record<Watchdog["fedBy"], readonly Traffic[]> = {
  none: [],
  "any-request": ["request", "read", "setpoint", "feed"],
  "any-read": ["read"],
  setpoint: ["setpoint"],
  write: ["feed"],
};

/** Tells the watchdog of traffic; returns whether that ended a fallback. */
export const feed = (evse: Evse, traffic: Traffic, nowMs: number): boolean => {
  if (!FEEDS[evse.spec.watchdog.fedBy].includes(traffic)) return false;
  const wasFallenBack = evse.isFallenBack;
  evse.fedAtMs = nowMs;
  evse.isFallenBack = false;
  return wasFallenBack;
};

const isWatching = (evse: Evse): boolean => evse.isArmed && evse.timeoutMs > 0 && !evse.isFallenBack;

const signal = (evse: Evse, station: Station, nowMs: number): void => {
  const isBooted = isUp(station, nowMs);
  const wantedA = isBooted ? limitInForceA(evse) : 0;
  const targetA = isBooted && station.faults.disobedience ? evse.targetA : wantedA;
  if (targetA !== evse.targetA) {
    evse.targetA = targetA;
    evse.pilotAtMs = nowMs + (isBooted ? evse.spec.holdOffMs : 0);
  }
  if (nowMs < evse.pilotAtMs) return;
  evse.pilotA = evse.targetA;
  evse.pilotAtMs = Infinity;
};

/** Brings an EVSE and its car up to now; returns when it changes next by itself, ms. */
export const advanceEvse = (evse: Evse, station: Station, nowMs: number): number => {
  if (isWatching(evse) && isUp(station, nowMs) && nowMs >= evse.fedAtMs + evse.timeoutMs) evse.isFallenBack = true;
  signal(evse, station, nowMs);
  const carAtMs = evse.car === null ? Infinity : advanceCar(evse.car, evse.pilotA, nowMs);
  const watchdogAtMs = isWatching(evse) ? evse.fedAtMs + evse.timeoutMs : Infinity;
  const bootAtMs = isUp(station, nowMs) ? Infinity : station.bootedAtMs;
  return Math.min(carAtMs, evse.pilotAtMs, watchdogAtMs, bootAtMs);
};

/** Current on each terminal, A, in the station's own order. */
export const terminalCurrents = (evse: Evse): PhaseVector => {
  const used = evse.car === null ? 0 : Math.min(evse.car.phasesInUse, evse.spec.phases.length);
  const drawnA = evse.car?.drawnA ?? 0;
  return [used > 0 ? drawnA : 0, used > 1 ? drawnA : 0, used > 2 ? drawnA : 0];
};

/** What it would say of the vehicle at it. */
export const vehicleState = (evse: Evse): VehicleState => {
  if (evse.car === null) return "A";
  return evse.car.drawnA > 0 ? "C" : "B";
};

/** Lifetime energy, Wh. */
export const counterWh = (evse: Evse, nowMs: number): number =>
  evse.countedWh + (evse.car === null ? 0 : deliveredWh(evse.car, nowMs));
