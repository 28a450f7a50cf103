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
