import { fault, type Fault } from "#controller/model/fault.ts";
import { failed, ok, type Result } from "#controller/model/result.ts";
import { elapsedMs, type Clock, type Instant } from "#controller/model/time.ts";
import { isSilence, type PointChannel } from "../channels/point-channel.ts";
import type { StationProfile } from "../profiles/schema.ts";
import { makeWrites, NO_VALUES } from "./station-writes.ts";

/** One EVSE of a station, its profile and the channel to it. */
export type EvseSetpointOptions = {
  readonly subject: string;
  readonly number: number;
  readonly profile: StationProfile;
  readonly channel: PointChannel;
  readonly clock: Clock;
};

/** The setpoint of one EVSE: how it is written, and what the EVSE is known to hold. */
export class EvseSetpoint {
  readonly #options: EvseSetpointOptions;
  /** Never more than the EVSE may have been told last; null: unknown. */
  #heldA: number | null = null;
  #isReleased = false;
  #writtenAt: Instant | null = null;

  constructor(options: EvseSetpointOptions) {
    this.#options = options;
  }

  /** Writes a setpoint, A per phase; a raise sooner than the device allows is refused without a write. */
  async write(currentA: number): Promise<Result<null, Fault>> {
    if (!(currentA >= 0 && currentA <= this.#options.profile.control.maxA)) {
      return failed(fault("refused", this.#options.subject, `it cannot be set to ${currentA} A`));
    }
    if (this.#isRaiseTooEarly(currentA)) {
      return failed(fault("refused", this.#options.subject, "it takes no raise so soon after the last write"));
    }
    this.#writtenAt = this.#options.clock.now();
    const result = currentA === 0 ? await this.#pause() : await this.#setCurrent(currentA);
    this.#note(currentA, result);
    return result;
  }

  /** Writes the held setpoint again, for a watchdog that only setpoints feed. */
  async repeat(): Promise<Result<null, Fault>> {
    const heldA = this.#heldA;
    if (heldA === null) return ok(null);
    const result = heldA === 0 ? await this.#pause() : await this.#setCurrent(heldA);
    this.#note(heldA, result);
    return result;
  }

  /** The device may have restarted: charging must be released anew. */
  noteContact(): void {
    this.#isReleased = false;
  }

  /** The device may long have fallen to its failsafe, and its amps gone to others: nothing is repeated. */
  forget(): void {
    this.#heldA = null;
  }

  #isRaiseTooEarly(currentA: number): boolean {
    const waitMs = this.#options.profile.control.minWriteIntervalMs ?? 0;
    if (this.#writtenAt === null || this.#heldA === null || currentA <= this.#heldA) return false;
    return elapsedMs(this.#writtenAt, this.#options.clock.now()) < waitMs;
  }

  async #pause(): Promise<Result<null, Fault>> {
    const { channel, profile, number } = this.#options;
    this.#isReleased = false;
    return makeWrites(channel, profile.control.pause, number, { ...NO_VALUES, amps: 0 });
  }

  /** The limit goes first, the release after it (R8). */
  async #setCurrent(currentA: number): Promise<Result<null, Fault>> {
    const { channel, profile, number } = this.#options;
    const values = { ...NO_VALUES, amps: currentA };
    const set = await makeWrites(channel, profile.control.setCurrent, number, values);
    if (!set.ok || this.#isReleased) return set;
    const resumed = await makeWrites(channel, profile.control.resume ?? [], number, values);
    this.#isReleased = resumed.ok;
    return resumed;
  }

  /** After a write that may or may not have arrived, the lower of the two is what may safely be repeated. */
  #note(currentA: number, result: Result<null, Fault>): void {
    if (result.ok) this.#heldA = currentA;
    else if (isSilence(result.fault) || currentA < (this.#heldA ?? Infinity)) {
      this.#heldA = Math.min(currentA, this.#heldA ?? currentA);
    }
  }
}
