/** A point on the monotonic clock, in ms; comparable across processes of one boot (R10). Comes only from a {@link Clock}. */
export type Instant = number & { readonly __instant: true };

/** Source of time: monotonic for control, wall time for people. */
export type Clock = {
  /** Monotonic time, ms. */
  now(): Instant;
  /** Wall time, ms since 1970; never used for control. */
  wallMs(): number;
  /** Resolves after `ms` of this clock's time, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** An instant from a count of monotonic milliseconds: for clocks and messages only. */
export const instant = (ms: number): Instant => ms as Instant;

/** Milliseconds from `earlier` to `later`. */
export const elapsedMs = (earlier: Instant, later: Instant): number => later - earlier;

/** A moment of a week as people there see it: day 1 is Monday (ISO 8601), minutes since midnight. */
export type LocalTime = { readonly weekday: number; readonly minute: number };

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** The clock of a time zone: turns wall time, ms since 1970, into local time. Throws for a zone that does not exist. */
export const localClock = (timeZone: string): ((wallMs: number) => LocalTime) => {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return (wallMs) => {
    const parts = new Map(format.formatToParts(wallMs).map(({ type, value }) => [type, value]));
    return {
      weekday: WEEKDAYS.indexOf(parts.get("weekday") ?? "") + 1,
      minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
    };
  };
};
