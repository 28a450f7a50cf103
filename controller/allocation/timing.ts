/** Time-outs and tolerances of the allocation, in ms and A; each names the rule it serves. */

/** No raise once a meter is older than this, or than 1.5 of its intervals (R4). */
export const METER_OLD_MS = 2_000;
/** A meter older than this, or than 3 of its intervals, is lost (R4). */
export const METER_LOST_MS = 5_000;
/** However slow a meter is, older than this it is lost (R4). */
export const METER_LOST_AT_MOST_MS = 30_000;
/** A live meter whose values stay the same for this long is frozen. */
export const METER_FROZEN_MS = 60_000;
/** A meter that shows exactly the same while our EVSEs changed by this much, A, for this long, ms, is frozen too. */
export const METER_MUST_FOLLOW = { currentA: 2, ms: 2_000 };
/** How fast the allowance for an old value grows at least, A per second beyond its interval (R4). */
export const UNCERTAINTY_A_PER_S = 0.5;
/** A raise respects the largest building load of this time, so that a load which comes and goes causes no hunting. */
export const LOAD_MEMORY_MS = 10_000;
/** The largest step of the building load is kept for each of so long, and forgotten after so long. */
export const STEP_BUCKET_MS = 3_600_000;
export const STEP_MEMORY_MS = 24 * STEP_BUCKET_MS;
/** An EVSE is raised at the earliest this long after its last change: its hold-off must never delay a reduction. */
export const RAISE_HOLD_MS = 10_000;
/** A vehicle paused for want of room starts again at the earliest after this. */
export const RESTART_HOLD_MS = 60_000;
/** One that was paused while devices were missing starts again as early as this, once one of them is back. */
export const RETURN_HOLD_MS = 10_000;
/** Where not all minimums fit, a turn lasts this long (R7). */
export const TURN_MS = 15 * 60_000;
/** Drawing more than offered for this long is disobedience; IEC 61851-1 gives the vehicle 5 s. */
export const OBEY_MS = 7_000;
/** Drawing more than offered for this long, others are cut for it meanwhile: they need time to react too. */
export const LATE_MS = 5_000;
/** Tolerance of a current against its offer: 10 % and this, A. */
export const OBEY_TOLERANCE_A = 0.5;
/** Drawing less than offered for this long frees the rest for others. */
export const UNUSED_MS = 20_000;
/** A vehicle that has drawn nothing of its offer for this long is idle: it is served after all others. */
export const IDLE_MS = 120_000;
const IDLE_PROBE_MS = { first: 15 * 60_000, most: 2 * 3_600_000 };
/** An idle vehicle that was paused for others is asked again after this, and each time in vain twice as long after. */
export const idleProbeMs = (parkedTimes: number): number =>
  Math.min(IDLE_PROBE_MS.most, IDLE_PROBE_MS.first * 2 ** (parkedTimes - 1));
/** What a vehicle that draws less keeps above its draw, A. */
export const UNUSED_STEP_A = 2;
/** After so long at what it drew and a step, a vehicle is offered its share again, for so long. */
export const ASK_AGAIN_MS = 15 * 60_000;
export const ASK_FOR_MS = 60_000;
/** Phases that readings have shown in use for this long are the ones accounted for (R2). */
export const PHASES_SETTLED_MS = 30_000;
/** A phase with less than this is not in use, A. */
export const PHASE_IN_USE_A = 1;
/** Share of a station's watchdog time that must pass without traffic before its failsafe counts, and ms on top of that and of its reaction (R2). */
export const WATCHDOG_MARGIN = { factor: 1.2, ms: 2_000 };
/** So many polls may fail after a station fell silent; then it is left in peace, so that its watchdog runs out (R2). */
export const QUIET_AFTER_POLLS = 3;
/** A station that fell back to its failsafe is looked for this often, or as seldom as its watchdog takes, ms. */
export const PROBE_EVERY_MS = 30_000;
/**
 * A station whose polls fail is silent once it has not answered for `ms`, so many cycles or so many rounds of its own bus,
 * whichever is longest; while none failed it may take up to `atMostMs`, which is also the longest that rounds count.
 */
export const STATION_SILENT = { ms: 3_000, cycles: 2.5, rounds: 2.5, atMostMs: 15_000 };
/** An answer may be as old as a round when it comes, and the newest for another; an older reading is silence. */
export const STATION_READING_MS = 2 * STATION_SILENT.atMostMs;
/** Unanswered for this share of its watchdog time, a station may fall back to its failsafe before others could give way (R2). */
export const WATCHDOG_DUE_SHARE = 0.5;
/** Readings of EVSEs count against a meter's only when sampled within this of it; else they drew nothing (safe side). */
export const ALIGNMENT_MS = 2_500;
/** A setpoint is worth this long: renewed every cycle, it ends when we do (R9). */
export const SETPOINT_VALID_MS = 10_000;
/** Raises smaller than this are not worth a write, unless they reach the maximum, A. */
export const RAISE_DEAD_BAND_A = 1;
/** A vehicle that was started is not paused for the sake of others before this. */
export const LEAST_ON_MS = 15 * 60_000;
/** A vehicle is paused for the sake of others at most so often while it is plugged in. */
export const MOST_PAUSES = 2;
/** The surplus follows the meter with this time constant, ms: what comes and goes with a cloud or a kettle moves nothing. */
export const SURPLUS_SMOOTHED_MS = 10_000;
/** A vehicle starts on surplus that has lasted this long. */
export const SURPLUS_LASTS_MS = 2 * 60_000;
/** A vehicle on surplus is stopped when its minimum has not been there for this long. */
export const SURPLUS_BEST_MS = 5 * 60_000;
