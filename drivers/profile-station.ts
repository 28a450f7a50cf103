import { fault, type Fault } from "#controller/model/fault.ts";
import type { StationDriver } from "#controller/model/ports.ts";
import type { EvseReading } from "#controller/model/reading.ts";
import { failed, ok, type Result } from "#controller/model/result.ts";
import type { Evse, Station } from "#controller/model/site.ts";
import { elapsedMs, type Clock, type Instant } from "#controller/model/time.ts";
import { isSilence, type PointChannel, type PointReader, type PointSample } from "./channels/point-channel.ts";
import type { StationProfile } from "./profiles/schema.ts";
import { failsafeValues, StationFailsafe } from "./station/station-failsafe.ts";
import { pollPoints, toEvseReading } from "./station/station-reading.ts";
import { EvseSetpoint } from "./station/station-setpoint.ts";
import { makeWritesForAll, NO_VALUES } from "./station/station-writes.ts";

/** A station of the site, the profile of its family, and the channel to it. */
export type ProfileStationOptions = {
  readonly station: Station;
  readonly evses: readonly Evse[];
  readonly profile: StationProfile;
  readonly channel: PointChannel;
  readonly clock: Clock;
};

/** A station driven by its profile alone. Its watchdog is fed by polls and never by a timer: a loop that hangs must not keep it fed. */
export const createProfileStation = (options: ProfileStationOptions): StationDriver => new ProfileStation(options);

type Readings = Result<readonly EvseReading[], Fault>;

class ProfileStation implements StationDriver {
  readonly station: string;
  readonly #options: ProfileStationOptions;
  readonly #read: PointReader;
  readonly #failsafe: StationFailsafe;
  readonly #setpoints: ReadonlyMap<number, EvseSetpoint>;
  #isInContact = false;
  #answeredAt: Instant | null = null;
  #fedAt: Instant | null = null;
  #polling: Promise<Readings> | null = null;

  constructor(options: ProfileStationOptions) {
    const { station, evses, profile, channel, clock } = options;
    this.station = station.id;
    this.#options = options;
    this.#read = channel.reader(pollPoints(profile));
    this.#failsafe = new StationFailsafe(options);
    this.#setpoints = new Map(
      evses.map(({ number, id }) => [number, new EvseSetpoint({ subject: id, number, profile, channel, clock })]),
    );
  }

  poll(): Promise<Readings> {
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = null;
    });
    return this.#polling;
  }

  async write(evseNumber: number, currentA: number): Promise<Result<null, Fault>> {
    const setpoint = this.#setpoints.get(evseNumber);
    if (setpoint === undefined) return failed(fault("refused", this.station, `it has no EVSE ${evseNumber}`));
    return this.#noted(await setpoint.write(currentA));
  }

  isFailsafeProven(): boolean {
    return this.#failsafe.isProven;
  }

  close(): Promise<void> {
    return this.#options.channel.close();
  }

  async #poll(): Promise<Readings> {
    const begun = await this.#begin();
    if (!begun.ok) return begun;
    const samples = this.#noted(await this.#read());
    if (!samples.ok) return samples;
    if (!this.#isInContact) this.#noteContact();
    this.#answeredAt = this.#options.clock.now();
    this.#noted(await this.#failsafe.refresh());
    this.#noted(await this.#feed());
    return this.#toReadings(samples.value);
  }

  /** Before contact: the writes that the profile asks for. One that is refused shows in the proof of the failsafe. */
  async #begin(): Promise<Result<null, Fault>> {
    const { channel, profile, evses } = this.#options;
    if (this.#isInContact) return ok(null);
    const silence = channel.silence();
    if (silence !== null) return failed(silence);
    const values = new Map(evses.map(({ number }) => [number, NO_VALUES] as const));
    const written = await makeWritesForAll(channel, profile.init ?? [], values);
    return written.ok || !isSilence(written.fault) ? ok(null) : written;
  }

  /** A silence longer than the watchdog may have ended in the failsafe; only a shorter one leaves setpoints to repeat. */
  #noteContact(): void {
    const { clock, station } = this.#options;
    const silentMs = this.#answeredAt === null ? Infinity : elapsedMs(this.#answeredAt, clock.now());
    this.#isInContact = true;
    this.#fedAt = null;
    this.#failsafe.noteContact();
    for (const setpoint of this.#setpoints.values()) {
      setpoint.noteContact();
      if (silentMs >= (station.watchdogMs ?? 0)) setpoint.forget();
    }
  }

  async #feed(): Promise<Result<null, Fault>> {
    const { channel, clock, evses, station } = this.#options;
    const { fedBy, feed, everyMs, timeoutMs } = this.#options.profile.watchdog;
    if (fedBy !== "write" && fedBy !== "setpoint") return ok(null);
    const dueMs = everyMs ?? (timeoutMs ?? DEFAULT_WATCHDOG_MS) / 3;
    if (this.#fedAt !== null && elapsedMs(this.#fedAt, clock.now()) < dueMs) return ok(null);
    this.#fedAt = clock.now();
    if (fedBy === "setpoint") return this.#repeatSetpoints();
    return makeWritesForAll(channel, feed ?? [], failsafeValues(evses, station));
  }

  async #repeatSetpoints(): Promise<Result<null, Fault>> {
    for (const setpoint of this.#setpoints.values()) {
      const repeated = await setpoint.repeat();
      if (!repeated.ok) return repeated;
    }
    return ok(null);
  }

  #toReadings(samples: ReadonlyMap<number, PointSample>): Readings {
    const readings: EvseReading[] = [];
    for (const { number, id } of this.#options.evses) {
      const sample = samples.get(number);
      if (sample === undefined) continue;
      const reading = toEvseReading(id, this.#options.profile, sample, this.#failsafe.heldBy(number));
      if (typeof reading === "string") return failed(fault("implausible", id, reading));
      readings.push(reading);
    }
    return ok(readings);
  }

  #noted<T>(result: Result<T, Fault>): Result<T, Fault> {
    if (!result.ok && isSilence(result.fault)) this.#isInContact = false;
    return result;
  }
}

const DEFAULT_WATCHDOG_MS = 30_000;
