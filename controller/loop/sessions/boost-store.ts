import { elapsedMs, instant, type Clock, type Instant } from "../../model/time.ts";

/** A boost as it is kept over a restart; its end in wall time, ms since 1970. */
export type StoredBoost = { readonly evse: string; readonly endsAtWallMs: number };

/** The longest boost, ms. */
const LONGEST_BOOST_MS = 24 * 3_600_000;

/** The EVSEs that come before all others for a time. */
export type BoostStore = {
  /** Boosts an EVSE from now on for so long, ms, or no longer. */
  set(evse: string, durationMs: number | null): void;
  forget(evse: string): void;
  /** Those in force, with their ends on the monotonic clock (R10). */
  inForce(now: Instant): ReadonlyMap<string, Instant>;
  stored(now: Instant): readonly StoredBoost[];
};

/** The boosts as they were left; a clock that was set back meanwhile makes none longer than any could be. */
export const createBoostStore = (clock: Clock, stored: readonly StoredBoost[]): BoostStore => {
  const endIn = (ms: number): Instant => instant(clock.now() + Math.min(ms, LONGEST_BOOST_MS));
  const ends = new Map(stored.map(({ evse, endsAtWallMs }) => [evse, endIn(endsAtWallMs - clock.wallMs())]));
  const inForce = (now: Instant): ReadonlyMap<string, Instant> =>
    new Map([...ends].filter(([, endsAt]) => now < endsAt));
  return {
    inForce,
    set(evse, durationMs) {
      if (durationMs === null) ends.delete(evse);
      else ends.set(evse, endIn(durationMs));
    },
    forget: (evse) => void ends.delete(evse),
    stored: (now) =>
      [...inForce(now)].map(([evse, endsAt]) => ({ evse, endsAtWallMs: clock.wallMs() + elapsedMs(now, endsAt) })),
  };
};
