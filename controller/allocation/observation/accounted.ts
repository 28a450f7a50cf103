import { mapPhases, ZERO, type PhaseVector } from "../../model/phase.ts";
import type { EvseReading } from "../../model/reading.ts";
import type { Snapshot, WriteState } from "../../model/snapshot.ts";
import { elapsedMs, type Instant } from "../../model/time.ts";
import { NEW_EVSE, type EvseMemory, type Memory } from "../memory.ts";
import type { PlannedEvse } from "../plan.ts";
import { phaseBit } from "../plan.ts";
import { floorToStep } from "../division/quantise.ts";
import {
  LATE_MS,
  OBEY_MS,
  OBEY_TOLERANCE_A,
  PHASE_IN_USE_A,
  PHASES_SETTLED_MS,
  STATION_READING_MS,
  WATCHDOG_DUE_SHARE,
} from "../timing.ts";

/** What is known and must be assumed of one EVSE this cycle. */
export type Observed = {
  readonly planned: PlannedEvse;
  readonly reading: EvseReading | null;
  readonly isReachable: boolean;
  /** Measured current per grid phase, A; null: nothing measured or too old. */
  readonly drawnA: PhaseVector | null;
  /** Upper bound of what its offer may be, A (R2). */
  readonly boundA: number;
  /** Upper bound of what it may draw, A per grid phase (R2). */
  readonly accountedA: PhaseVector;
  /** Grid phases it is accounted on. */
  readonly phaseMask: number;
  readonly isDisobeying: boolean;
  /** What it draws beyond its setpoint for longer than a vehicle needs to react, A per grid phase: others are cut for it. */
  readonly excessA: PhaseVector;
  readonly memory: EvseMemory;
};

/** Observes every EVSE: what it draws, what it may draw, on which phases. Pure; part of the memory is brought up to date. */
export const observe = (evses: readonly PlannedEvse[], snapshot: Snapshot, previous: Memory): readonly Observed[] =>
  evses.map((planned) => observeOne(planned, snapshot, previous.evses.get(planned.evse.id) ?? NEW_EVSE));

const observeOne = (planned: PlannedEvse, snapshot: Snapshot, previous: EvseMemory): Observed => {
  const reading = snapshot.evses.get(planned.evse.id) ?? null;
  const isReachable = isFresh(planned, reading, snapshot);
  const drawnA = reading !== null && isReachable ? ontoGrid(planned, reading) : null;
  const known = previous.boundA === null && isReachable ? adopt(planned, previous, reading, drawnA) : previous;
  const memory = rememberPhases(known, reading, drawnA);
  const boundA = isReachable
    ? Math.max(
        confirmedBound(planned, snapshot, memory, drawnA),
        seenA(memory, drawnA),
        dueFailsafeA(planned, snapshot),
      )
    : silentBound(planned, snapshot, memory);
  const phaseMask = isReachable ? accountedMask(planned, memory, reading) : planned.wiredMask;
  const accountedA = mapPhases((i) => Math.max((phaseMask & (1 << i)) === 0 ? 0 : boundA, drawnA?.[i] ?? 0));
  const over = judgeObedience(memory, drawnA, reading);
  const isHeard = isReachable || memory.boundA !== null;
  const next = {
    ...memory,
    boundA: isHeard ? boundA : null,
    overSince: over.overSince,
    isDisobeying: over.isDisobeying,
  };
  return { planned, reading, isReachable, drawnA, boundA, accountedA, phaseMask, ...over, memory: next };
};

/** Whether a vehicle draws more than it was told, since when, and what others must be cut for; judged by when it was seen to (R4). */
const judgeObedience = (memory: EvseMemory, drawnA: PhaseVector | null, reading: EvseReading | null) => {
  if (drawnA === null || reading === null || !isOver(drawnA, memory.setpointA))
    return { overSince: null, isDisobeying: false, excessA: ZERO };
  const overSince = memory.overSince ?? reading.sampledAt;
  const overMs = elapsedMs(latest(overSince, memory.changedAt), reading.sampledAt);
  const excessA = overMs >= LATE_MS ? mapPhases((i) => Math.max(0, drawnA[i] - memory.setpointA)) : ZERO;
  return { overSince, isDisobeying: memory.isDisobeying || overMs >= OBEY_MS, excessA };
};

/** At first contact a running vehicle keeps what the station offers it: a restart of ours is no reason to stop it. */
const adopt = (
  planned: PlannedEvse,
  previous: EvseMemory,
  reading: EvseReading | null,
  drawnA: PhaseVector | null,
): EvseMemory => {
  const offeredA = reading?.offeredA ?? (drawnA === null ? 0 : Math.max(...drawnA));
  const keptA = floorToStep(Math.min(offeredA, planned.evse.maxA), planned.evse.stepA);
  return reading !== null && isCharging(reading) && keptA >= planned.evse.minA
    ? { ...previous, setpointA: keptA }
    : previous;
};

const isCharging = ({ state }: EvseReading): boolean => state === "C" || state === "D";

const latest = (a: Instant, b: Instant | null): Instant => (b !== null && b > a ? b : a);

const isFresh = (planned: PlannedEvse, reading: EvseReading | null, snapshot: Snapshot): boolean => {
  if (reading === null) return false;
  const contact = snapshot.contacts.get(planned.station.id);
  return contact?.isReachable === true && elapsedMs(reading.sampledAt, snapshot.at) <= STATION_READING_MS;
};

/** Turns terminal currents into grid-phase currents by the wiring of the EVSE; null where it measures nothing. */
const ontoGrid = (planned: PlannedEvse, reading: EvseReading): PhaseVector | null => {
  const { terminalA } = reading;
  if (terminalA === null) return null;
  const gridA: [number, number, number] = [...ZERO];
  planned.evse.phases.forEach((phase, terminal) => {
    gridA[Math.log2(phaseBit(phase))] = terminalA[terminal] ?? 0;
  });
  return gridA;
};

const isOver = (drawnA: PhaseVector, setpointA: number): boolean =>
  Math.max(...drawnA) > PHASE_IN_USE_A && Math.max(...drawnA) > setpointA * 1.1 + OBEY_TOLERANCE_A;

/** A lower bound replaces a higher one only when it is confirmed: by measurement, or read-back and reaction time (R3). */
const confirmedBound = (
  planned: PlannedEvse,
  snapshot: Snapshot,
  memory: EvseMemory,
  drawnA: PhaseVector | null,
): number => {
  const write = snapshot.writes.get(planned.evse.id);
  const reading = snapshot.evses.get(planned.evse.id);
  const beforeA = memory.boundA ?? reading?.offeredA ?? planned.evse.maxA;
  if (write === undefined || reading === undefined || write.possibleA.length === 0) return beforeA;
  const toldA = Math.max(memory.setpointA, ...write.possibleA);
  const possibleA = drawnA === null ? Math.max(toldA, heldA(reading, planned)) : toldA;
  if (possibleA >= beforeA) return possibleA;
  return isConfirmed({ planned, write, reading, drawnA }, toldA, snapshot.at) ? possibleA : beforeA;
};

/** A vehicle that was seen to draw more than it was told may go on with it when it goes unseen. */
const seenA = ({ setpointA }: EvseMemory, drawnA: PhaseVector | null): number =>
  drawnA !== null && isOver(drawnA, setpointA) ? Math.max(...drawnA) : 0;

/** What an EVSE that measures nothing says it holds: after a reboot it may be more than it was told. */
const heldA = ({ offeredA }: EvseReading, { evse }: PlannedEvse): number => Math.min(offeredA ?? 0, evse.maxA);

type Evidence = {
  readonly planned: PlannedEvse;
  readonly write: WriteState;
  readonly reading: EvseReading;
  readonly drawnA: PhaseVector | null;
};

const isConfirmed = ({ planned, write, reading, drawnA }: Evidence, toldA: number, now: Instant): boolean => {
  const { acknowledgedAt } = write;
  if (acknowledgedAt === null || reading.sampledAt < acknowledgedAt) return false;
  if (drawnA !== null) return !isOver(drawnA, toldA);
  const isHeld = reading.offeredA === null || reading.offeredA <= toldA + OBEY_TOLERANCE_A;
  return isHeld && elapsedMs(acknowledgedAt, now) >= planned.station.reactionMs;
};

/** Silence: all it was told and may do by itself; its failsafe alone once it surely fell back to it (R2). */
const silentBound = (planned: PlannedEvse, snapshot: Snapshot, memory: EvseMemory): number => {
  const { evse, station } = planned;
  const contact = snapshot.contacts.get(station.id);
  const possibleA = snapshot.writes.get(evse.id)?.possibleA ?? [];
  if (contact?.isFailsafeProven !== true || evse.failsafeA === null || station.watchdogMs === null) return evse.maxA;
  if (contact.hasFallenBack) return evse.failsafeA;
  return Math.max(memory.boundA ?? evse.maxA, evse.failsafeA, evse.powerOnA, ...possibleA);
};

/** A station that is asked too seldom may fall back, and so rise to its failsafe, before it counts as silent. */
const dueFailsafeA = ({ evse, station }: PlannedEvse, { contacts, at }: Snapshot): number => {
  const lastAnswerAt = contacts.get(station.id)?.lastAnswerAt;
  if (lastAnswerAt === undefined || lastAnswerAt === null || station.watchdogMs === null) return 0;
  return elapsedMs(lastAnswerAt, at) > WATCHDOG_DUE_SHARE * station.watchdogMs ? (evse.failsafeA ?? 0) : 0;
};

/** Phases in use grow at once and are forgotten when the vehicle leaves, stops or goes unseen: it may be another one then. */
const rememberPhases = (previous: EvseMemory, reading: EvseReading | null, drawnA: PhaseVector | null): EvseMemory => {
  const seen = (drawnA ?? ZERO).reduce((mask, currentA, i) => (currentA >= PHASE_IN_USE_A ? mask | (1 << i) : mask), 0);
  if (reading === null || seen === 0 || !isCharging(reading))
    return previous.usedMask === 0 ? previous : { ...previous, usedMask: 0, usedSince: null };
  const usedMask = previous.usedMask | seen;
  return usedMask === previous.usedMask ? previous : { ...previous, usedMask, usedSince: reading.sampledAt };
};

/** Credit for unused phases needs readings all along: time that passes without one shows nothing (R4). */
const accountedMask = (planned: PlannedEvse, memory: EvseMemory, reading: EvseReading | null): number =>
  memory.usedMask !== 0 &&
  memory.usedSince !== null &&
  reading !== null &&
  elapsedMs(memory.usedSince, reading.sampledAt) >= PHASES_SETTLED_MS
    ? memory.usedMask
    : planned.wiredMask;
