import { lowestValue, type LimitValue, SCHEDULE_STEP_MINUTES, type ScheduleEntry } from "../model/limit.ts";
import { localClock, type LocalTime } from "../model/time.ts";

/** What a schedule says now, and until when; null: no limit, and for ever. */
export type ScheduleNow = {
  readonly value: LimitValue | null;
  readonly untilWallMs: number | null;
  readonly afterwards: LimitValue | null;
};

/** Evaluates the entries of a schedule at a wall time, ms since 1970. */
export type ScheduleReader = (entries: readonly ScheduleEntry[], wallMs: number) => ScheduleNow;

/** Length of the steps at which a schedule may change, ms. */
export const SCHEDULE_STEP_MS = SCHEDULE_STEP_MINUTES * 60_000;
/** A week, and the hour that a clock change may add, in steps. */
const HORIZON_STEPS = (7 * 24 * 60 + 60) / SCHEDULE_STEP_MINUTES;
/** A clock that shows less was never set: 2025-01-01. */
const EARLIEST_WALL_MS = 1_735_689_600_000;

/**
 * A reader of schedules in a time zone. It asks the zone's own clock at every step, so that a change of summer time needs no
 * rule: an hour that is skipped has no limits, one that comes twice has them twice. Where the clock was never set every
 * entry holds.
 */
export const scheduleReader = (timezone: string): ScheduleReader => {
  const localTime = localClock(timezone);
  const valueAt = (entries: readonly ScheduleEntry[], wallMs: number): LimitValue | null => {
    const time = localTime(wallMs);
    return lowestOf(entries.filter((entry) => isWithin(entry, time)));
  };
  return (entries, wallMs) => {
    if (wallMs < EARLIEST_WALL_MS) return { value: lowestOf(entries), untilWallMs: null, afterwards: null };
    const value = valueAt(entries, wallMs);
    const first = (Math.floor(wallMs / SCHEDULE_STEP_MS) + 1) * SCHEDULE_STEP_MS;
    for (let step = 0; step < HORIZON_STEPS; step++) {
      const untilWallMs = first + step * SCHEDULE_STEP_MS;
      const afterwards = valueAt(entries, untilWallMs);
      if (!isSame(value, afterwards)) return { value, untilWallMs, afterwards };
    }
    return { value, untilWallMs: null, afterwards: null };
  };
};

const isWithin = ({ weekdays, fromMinute, toMinute }: ScheduleEntry, { weekday, minute }: LocalTime): boolean => {
  const beganToday = weekdays.includes(weekday) && minute >= fromMinute;
  if (fromMinute < toMinute) return beganToday && minute < toMinute;
  const yesterday = weekday === 1 ? 7 : weekday - 1;
  return beganToday || (weekdays.includes(yesterday) && minute < toMinute);
};

const lowestOf = (entries: readonly ScheduleEntry[]): LimitValue | null =>
  entries.reduce<LimitValue | null>((lowest, { limitA, powerW }) => {
    const value = { limitA, powerW };
    return lowest === null ? value : lowestValue(lowest, value);
  }, null);

const isSame = (a: LimitValue | null, b: LimitValue | null): boolean =>
  a?.powerW === b?.powerW && [0, 1, 2].every((i) => a?.limitA?.[i] === b?.limitA?.[i]);
