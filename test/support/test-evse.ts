import type { Evse, Station } from "#controller/model/site.ts";
import { elapsedMs, type Instant } from "#controller/model/time.ts";

/**
 * An EVSE that does what it hears, and falls back to its failsafe by itself once it has heard nothing for its watchdog time.
 * Here that never raises it: whether failsafe currents fit the limits is for the fallback proof to say (R6).
 */
export type TestEvse = {
  /** Any request feeds its watchdog: a fallback ends, and what it was told last holds again. */
  hear(at: Instant): void;
  /** The same for a write, which holds from now on. */
  obey(at: Instant, currentA: number): void;
  /** What it offers now, A; its watchdog is looked at once a cycle. */
  offerNow(at: Instant): void;
  /** What it has offered, one value a cycle, newest last, A. */
  readonly offersA: readonly number[];
};

/** An EVSE that was told 0. */
export const createTestEvse = ({ failsafeA }: Evse, { watchdogMs }: Station, startedAt: Instant): TestEvse => {
  const offersA = [0];
  let toldA = 0;
  let heardAt = startedAt;
  const isFallenBack = (at: Instant): boolean => watchdogMs !== null && elapsedMs(heardAt, at) >= watchdogMs;
  return {
    offersA,
    hear: (at) => {
      heardAt = at;
    },
    obey: (at, currentA) => {
      heardAt = at;
      toldA = currentA;
    },
    offerNow: (at) => void offersA.push(isFallenBack(at) ? Math.min(failsafeA ?? toldA, toldA) : toldA),
  };
};
