import { ZERO, type PhaseVector } from "../model/phase.ts";
import type { Instant } from "../model/time.ts";

/** What a vehicle has been seen to take. */
export type Learned = {
  /** A per phase; Infinity: all that it was offered so far. */
  readonly mostA: number;
  readonly phases: number;
};

/** What the allocation remembers of one EVSE from cycle to cycle. */
export type EvseMemory = {
  /** What it was told last, A. */
  readonly setpointA: number;
  /** When that last changed. */
  readonly changedAt: Instant | null;
  /** Upper bound of what its offer may be, A, until a lower one is confirmed (R2); null: never heard of, counts at rating. */
  readonly boundA: number | null;
  /** Since when it has had a setpoint above 0. */
  readonly servedSince: Instant | null;
  /** Since when a vehicle has been plugged in. */
  readonly pluggedSince: Instant | null;
  /** How many devices were missing when it was paused last: each takes room from all. */
  readonly missingAtPause: number;
  /** How often it was paused since its vehicle was plugged in. */
  readonly pauses: number;
  /** Since when a vehicle has waited for one. */
  readonly waitingSince: Instant | null;
  /** Grid phases it was seen to use since it was plugged in or woke up; 0: not known yet. */
  readonly usedMask: number;
  /** Since when it has been seen to use exactly these. */
  readonly usedSince: Instant | null;
  /** Since when it has drawn more than it was offered. */
  readonly overSince: Instant | null;
  /** Whether that has lasted too long; until it obeys again. */
  readonly isDisobeying: boolean;
  /** Since when it has drawn clearly less than it was offered. */
  readonly underSince: Instant | null;
  /** How often it was paused while its vehicle drew nothing, since it last drew: it is asked again more and more rarely; 0: not parked. */
  readonly parkedTimes: number;
  /** What it is given at the most while it does not use more, A; null: no such limit. */
  readonly ceilingA: number | null;
  /** What its vehicle takes; null: it has not charged for long enough since it was plugged in. */
  readonly learned: Learned | null;
  /** Since when it has been so limited; kept while the ceiling is lifted to see whether it takes more. */
  readonly ceilingSince: Instant | null;
};

/** What the allocation remembers of one circuit: recent building loads, newest last, and how much they rose. */
export type CircuitMemory = {
  readonly loads: readonly { readonly at: Instant; readonly loadA: PhaseVector }[];
  readonly steps: StepMemory;
};

/** A building load as measured, A per phase, and the EVSEs that were taken off the meter's reading for it. */
export type LoadSample = { readonly at: Instant; readonly loadA: PhaseVector; readonly netted: readonly string[] };

/** What the allocation remembers of rises of one building load: the samples of the last seconds and the largest rise of each hour, newest last. */
export type StepMemory = {
  readonly recent: readonly LoadSample[];
  readonly largest: readonly { readonly since: Instant; readonly riseA: PhaseVector }[];
};

/** What the allocation remembers of one meter. */
export type MeterMemory = {
  readonly sampledAt: Instant;
  readonly currentA: PhaseVector;
  /** Since when it has shown exactly this, and what our EVSEs behind it drew then, A per phase. */
  readonly unchangedSince: Instant;
  readonly drawnA: PhaseVector;
};

/** The least and the most surplus of a short stretch of time, W; -Infinity: unknown. */
export type SurplusSpan = {
  readonly since: Instant;
  readonly until: Instant;
  readonly leastW: number;
  readonly mostW: number;
};

/** What the allocation remembers of the surplus: spans of the last minutes, newest last. */
export type SurplusMemory = {
  readonly at: Instant | null;
  /** Null: unknown. */
  readonly smoothedW: number | null;
  readonly spans: readonly SurplusSpan[];
};

/** Everything that one cycle hands to the next. */
export type Memory = {
  readonly evses: ReadonlyMap<string, EvseMemory>;
  readonly circuits: ReadonlyMap<string, CircuitMemory>;
  readonly meters: ReadonlyMap<string, MeterMemory>;
  readonly surplus: SurplusMemory;
};

/** An EVSE never seen before. */
export const NEW_EVSE: EvseMemory = {
  setpointA: 0,
  changedAt: null,
  boundA: null,
  servedSince: null,
  pluggedSince: null,
  missingAtPause: 0,
  pauses: 0,
  waitingSince: null,
  usedMask: 0,
  usedSince: null,
  overSince: null,
  isDisobeying: false,
  underSince: null,
  parkedTimes: 0,
  ceilingA: null,
  ceilingSince: null,
  learned: null,
};

/** The memory of a loop that has just started: every EVSE counts at its rating until it answers. */
export const EMPTY_MEMORY: Memory = {
  evses: new Map(),
  circuits: new Map(),
  meters: new Map(),
  surplus: { at: null, smoothedW: null, spans: [] },
};

/** No building load has been seen yet. */
export const NO_LOADS: CircuitMemory = { loads: [], steps: { recent: [], largest: [] } };

/** The largest of recent building loads, A per phase: what a raise must respect. */
export const peakLoad = (memory: CircuitMemory): PhaseVector =>
  memory.loads.reduce<PhaseVector>(
    (peak, { loadA }, index) =>
      index === 0 ? loadA : [Math.max(peak[0], loadA[0]), Math.max(peak[1], loadA[1]), Math.max(peak[2], loadA[2])],
    ZERO,
  );
