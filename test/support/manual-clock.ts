import { instant, type Clock } from "#controller/model/time.ts";

/** A clock that stands still until it is moved on. */
export type ManualClock = Clock & { advance(ms: number): void };

/** A manual clock that shows `startMs`. */
export const createManualClock = (startMs = 1_000_000): ManualClock => {
  let nowMs = startMs;
  return {
    now: () => instant(nowMs),
    wallMs: () => nowMs,
    sleep: () => Promise.resolve(),
    advance: (ms) => {
      nowMs += ms;
    },
  };
};
