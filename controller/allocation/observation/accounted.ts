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
  const memory = rememberPhases(known, { reading, drawnA, now: snapshot.at });
  const boundA = isReachable
    ? confirmedBound(planned, snapshot, memory, drawnA)
    : silentBound(planned, snapshot, memory);
  const phaseMask = isReachable ? accountedMask(planned, memory, snapshot.at) : planned.wiredMask;
  const accountedA = mapPhases((i) => Math.max((phaseMask & (1 << i)) === 0 ? 0 : boundA, drawnA?.[i] ?? 0));
  const over = judgeObedience(memory, drawnA, snapshot.at);
  const isHeard = isReachable || memory.boundA !== null;
  const next = {
    ...memory,
    boundA: isHeard ? boundA : null,
    overSince: over.overSince,
    isDisobeying: over.isDisobeying,
  };
  return { planned, reading, isReachable, drawnA, boundA, accountedA, phaseMask, ...over, memory: next };
};

/** Whether a vehicle draws more than it was told, since when, and what others must be cut for. */
const judgeObedience = (memory: EvseMemory, drawnA: PhaseVector | null, now: Instant) => {
  if (drawnA === null || !isOver(drawnA, memory.setpointA))
    return { overSince: null, isDisobeying: false, excessA: ZERO };
  const overSince = memory.overSince ?? now;
  const overMs = elapsedMs(latest(overSince, memory.changedAt), now);
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
  const isCharging = reading?.state === "C" || reading?.state === "D";
  const offeredA = reading?.offeredA ?? (drawnA === null ? 0 : Math.max(...drawnA));
  const keptA = floorToStep(Math.min(offeredA, planned.evse.maxA), planned.evse.stepA);
  return isCharging && keptA >= planned.evse.minA ? { ...previous, setpointA: keptA } : previous;
};

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

type Seen = { readonly reading: EvseReading | null; readonly drawnA: PhaseVector | null; readonly now: Instant };

/** Phases in use grow at once and are forgotten when the vehicle leaves or stops. */
const rememberPhases = (previous: EvseMemory, { reading, drawnA, now }: Seen): EvseMemory => {
  if (reading === null || drawnA === null) return previous;
  const seen = drawnA.reduce((mask, currentA, i) => (currentA >= PHASE_IN_USE_A ? mask | (1 << i) : mask), 0);
  if (reading.state !== "C" && reading.state !== "D") return { ...previous, usedMask: 0, usedSince: null };
  if (seen === 0) return previous.usedMask === 0 ? previous : { ...previous, usedMask: 0, usedSince: null };
  const usedMask = previous.usedMask | seen;
  return usedMask === previous.usedMask ? previous : { ...previous, usedMask, usedSince: now };
};

const accountedMask = (planned: PlannedEvse, memory: EvseMemory, now: Instant): number =>
  memory.usedMask !== 0 && memory.usedSince !== null && elapsedMs(memory.usedSince, now) >= PHASES_SETTLED_MS
    ? memory.usedMask
    : planned.wiredMask;
