import { elapsedMs, type Clock, type Instant } from "#controller/model/time.ts";

/** How long a device that does not answer is left alone, so that it costs its bus one time-out per wait. */
export type Backoff = {
  isWaiting(): boolean;
  noteAnswer(): void;
  /** Doubles the wait, up to `longestMs`. */
  noteSilence(longestMs: number): void;
};

/** A wait of `firstMs` after the first silence. */
export const createBackoff = (clock: Clock, firstMs: number): Backoff => {
  let wait: { readonly since: Instant; readonly ms: number } | null = null;
  return {
    isWaiting: () => wait !== null && elapsedMs(wait.since, clock.now()) < wait.ms,
    noteAnswer: () => {
      wait = null;
    },
    noteSilence: (longestMs) => {
      wait = { since: clock.now(), ms: Math.min(wait === null ? firstMs : 2 * wait.ms, longestMs) };
    },
  };
};
