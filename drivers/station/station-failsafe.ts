import type { Fault } from "#controller/model/fault.ts";
import { ok, type Result } from "#controller/model/result.ts";
import type { Evse, Station } from "#controller/model/site.ts";
import { elapsedMs, type Clock, type Instant } from "#controller/model/time.ts";
import type { PointChannel, PointReader } from "../channels/point-channel.ts";
import type { StationProfile } from "../profiles/schema.ts";
import { failsafePoints, toFailsafe, type FailsafeReading } from "./station-reading.ts";
import { makeWritesForAll, NO_VALUES, type WriteValues } from "./station-writes.ts";

/** A station with its EVSEs, its profile and the channel to it. */
export type FailsafeOptions = {
  readonly station: Station;
  readonly evses: readonly Evse[];
  readonly profile: StationProfile;
  readonly channel: PointChannel;
  readonly clock: Clock;
};

/** What arming and feeding a watchdog write at each EVSE of a station. */
export const failsafeValues = (evses: readonly Evse[], { watchdogMs }: Station): ReadonlyMap<number, WriteValues> =>
  new Map(evses.map(({ number, failsafeA }) => [number, { ...NO_VALUES, failsafeA, failsafeMs: watchdogMs }] as const));

/** The failsafe of a station: armed at contact, read back, and looked at again well within every minute. */
export class StationFailsafe {
  readonly #options: FailsafeOptions;
  readonly #read: PointReader;
  readonly #held = new Map<number, FailsafeReading>();
  #checkedAt: Instant | null = null;
  #isProven = false;

  constructor(options: FailsafeOptions) {
    this.#options = options;
    this.#read = options.channel.reader(failsafePoints(options.profile));
  }

  /** Whether it was read back as declared since contact was made; losing contact does not undo that. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** What an EVSE was last read to hold. */
  heldBy(evse: number): FailsafeReading {
    return this.#held.get(evse) ?? NOTHING_READ;
  }

  /** Contact was made anew: whatever was proven before may be gone. */
  noteContact(): void {
    this.#isProven = false;
    this.#checkedAt = null;
    this.#held.clear();
  }

  /** Arms and reads back where due; armed again only when it no longer reads as declared, for many devices store it in flash. */
  async refresh(): Promise<Result<null, Fault>> {
    const { clock } = this.#options;
    const isFirst = this.#checkedAt === null;
    if (this.#checkedAt !== null && elapsedMs(this.#checkedAt, clock.now()) < CHECK_EVERY_MS) return ok(null);
    this.#checkedAt = clock.now();
    if (isFirst) return this.#armAndCheck();
    const checked = await this.#check();
    return checked.ok && !this.#isProven ? this.#armAndCheck() : checked;
  }

  async #armAndCheck(): Promise<Result<null, Fault>> {
    const { profile, channel, evses, station } = this.#options;
    const armed = await makeWritesForAll(channel, profile.watchdog.arm ?? [], failsafeValues(evses, station));
    return armed.ok ? this.#check() : armed;
  }

  async #check(): Promise<Result<null, Fault>> {
    const { profile, evses } = this.#options;
    this.#isProven = false;
    if (failsafePoints(profile).length === 0 || isFedForOthers(this.#options)) return ok(null);
    const samples = await this.#read();
    if (!samples.ok) return samples;
    for (const [evse, sample] of samples.value) this.#held.set(evse, toFailsafe(profile, sample));
    this.#isProven = evses.every((evse) => isAsDeclared(evse, this.heldBy(evse.number), this.#options));
    return ok(null);
  }
}

const CHECK_EVERY_MS = 50_000;
const NOTHING_READ: FailsafeReading = { failsafeA: null, failsafeTimeoutMs: null };
/** What rounding to whole seconds may add. */
const ROUNDING_MS = 500;
const ROUNDING_A = 0.05;

/** A device may round the current down to its step, and the time-out down to 1 s; a time-out of 0 is off. */
const isAsDeclared = (evse: Evse, held: FailsafeReading, { profile, station }: FailsafeOptions): boolean => {
  if (profile.watchdog.fedBy === "none" || evse.failsafeA === null || station.watchdogMs === null) return false;
  if (held.failsafeA === null || held.failsafeA > evse.failsafeA + ROUNDING_A) return false;
  if (held.failsafeA < evse.failsafeA - profile.control.stepA - ROUNDING_A) return false;
  if (profile.reading.failsafeTimeoutMs === undefined) return !isTimeoutWritten(profile);
  const timeoutMs = held.failsafeTimeoutMs ?? 0;
  return timeoutMs > 0 && timeoutMs <= station.watchdogMs + ROUNDING_MS;
};

/** Where a write to one EVSE feeds the watchdog of all, it ends the fallback of others before they can be told to go lower (R2). */
const isFedForOthers = ({ profile, evses }: FailsafeOptions): boolean =>
  profile.watchdog.fedBy === "any-request" && evses.length > 1;

/** A time-out that we write but cannot read back proves nothing. */
const isTimeoutWritten = ({ watchdog }: StationProfile): boolean =>
  watchdog.arm?.some(({ value }) => value === "failsafe-ms") === true;
