import { PROBE_EVERY_MS, QUIET_AFTER_POLLS, STATION_SILENT, WATCHDOG_MARGIN } from "../allocation/timing.ts";
import type { Fault } from "../model/fault.ts";
import type { Result } from "../model/result.ts";
import type { Evse, Site, Station } from "../model/site.ts";
import type { StationContact } from "../model/snapshot.ts";
import { elapsedMs, type Instant } from "../model/time.ts";

/**
 * The conversation with one station. One that stays silent is left in peace until its own watchdog has surely run out; from
 * then on it is only ever told to go lower, and polled no sooner than it acknowledged that: whatever of this it hears, it
 * never goes back to what it was told before (R2).
 */
export class Contact {
  readonly #station: Station;
  readonly #evses: readonly Evse[];
  readonly #cycleMs: number;
  #pending = 0;
  #lastTrafficAt: Instant | null = null;
  #lastAnswerAt: Instant | null = null;
  /** Time between its last two answers, ms: how long its bus takes for a round. */
  #roundMs = 0;
  /** Whether a poll failed since it last answered one. */
  #hasFailed = false;
  /** Polls that failed since it fell silent. */
  #silentPolls = 0;
  /** Its watchdog ran out while it was left in peace, and nothing was sent since but reductions. */
  #isLowered = false;
  /** EVSEs that acknowledged a write since the last poll. */
  readonly #acknowledged = new Set<string>();
  #isFailsafeProven = false;
  #fault: Fault | null = null;

  constructor(site: Site, station: Station) {
    this.#station = station;
    this.#evses = site.evses.filter((evse) => evse.station === station.id);
    this.#cycleMs = site.cycleMs;
  }

  /** Why its newest poll failed; null: it did not. */
  get fault(): Fault | null {
    return this.#fault;
  }

  beginPoll(at: Instant): void {
    this.#isLowered = this.#isLowered && this.#isAcknowledged();
    this.#beginTraffic(at);
  }

  /** Returns whether it answered after a silence: it may have rebooted meanwhile. */
  endPoll(at: Instant, result: Result<unknown, Fault>, isFailsafeProven: boolean): boolean {
    this.#endTraffic(at);
    this.#acknowledged.clear();
    const isSilent = !this.#isReachable(at);
    if (!result.ok) {
      this.#fault = result.fault;
      this.#hasFailed = true;
      if (isSilent) this.#silentPolls += 1;
      return false;
    }
    const isBack = this.#hasFailed && isSilent;
    if (this.#lastAnswerAt !== null && !this.#hasFailed) this.#roundMs = elapsedMs(this.#lastAnswerAt, at);
    this.#fault = null;
    this.#hasFailed = false;
    this.#silentPolls = 0;
    this.#isLowered = false;
    this.#lastAnswerAt = at;
    this.#isFailsafeProven = isFailsafeProven;
    return isBack;
  }

  beginWrite(at: Instant, { failsafeA }: Evse, currentA: number): void {
    this.#isLowered = this.#hasFallenBack(at) && failsafeA !== null && currentA <= failsafeA;
    this.#beginTraffic(at);
  }

  endWrite(at: Instant, { id }: Evse, result: Result<null, Fault>): void {
    this.#endTraffic(at);
    if (this.#isReachable(at)) return;
    if (result.ok) this.#acknowledged.add(id);
    else if (result.fault.code === "refused") this.#noteRefusal();
  }

  /** Whether it may be polled: not while it is left in peace. */
  mayPoll(at: Instant): boolean {
    return this.#traffic(at) === "all";
  }

  freeze(at: Instant): StationContact {
    return {
      station: this.#station.id,
      isReachable: this.#isReachable(at),
      traffic: this.#traffic(at),
      hasFallenBack: this.#hasFallenBack(at),
      lastAnswerAt: this.#lastAnswerAt,
      isFailsafeProven: this.#isFailsafeProven,
    };
  }

  /** It hears us and does not lower: its watchdog may have been fed, its old setpoint be back in force. */
  #noteRefusal(): void {
    this.#isLowered = false;
    this.#silentPolls = 0;
  }

  #beginTraffic(at: Instant): void {
    this.#pending += 1;
    this.#lastTrafficAt = at;
  }

  #endTraffic(at: Instant): void {
    this.#pending -= 1;
    this.#lastTrafficAt = at;
  }

  /** Only a failed poll is a sign of silence; one that waits in a queue is none by itself. */
  #isReachable(at: Instant): boolean {
    if (this.#lastAnswerAt === null) return false;
    const { ms, cycles, rounds, atMostMs } = STATION_SILENT;
    const roundsMs = this.#hasFailed ? Math.min(rounds * this.#roundMs, atMostMs) : atMostMs;
    return elapsedMs(this.#lastAnswerAt, at) <= Math.max(ms, cycles * this.#cycleMs, roundsMs);
  }

  #isAcknowledged(): boolean {
    return this.#evses.every(({ id }) => this.#acknowledged.has(id));
  }

  #traffic(at: Instant): StationContact["traffic"] {
    if (this.#isReachable(at) || this.#fallbackMs() === Infinity || this.#isAcknowledged()) return "all";
    if (!this.#hasFallenBack(at) && this.#silentPolls < QUIET_AFTER_POLLS) return "all";
    const waitMs = this.#isLowered ? Math.max(this.#fallbackMs(), PROBE_EVERY_MS) : this.#fallbackMs();
    return this.#quietMs(at) > waitMs ? "probe" : "none";
  }

  #hasFallenBack(at: Instant): boolean {
    return !this.#isReachable(at) && (this.#isLowered || this.#quietMs(at) > this.#fallbackMs());
  }

  #quietMs(at: Instant): number {
    return this.#pending > 0 || this.#lastTrafficAt === null ? 0 : elapsedMs(this.#lastTrafficAt, at);
  }

  /** After so much silence of ours its watchdog has surely run out and its vehicles have followed, ms; Infinity: never. */
  #fallbackMs(): number {
    const { watchdogMs, reactionMs } = this.#station;
    if (!this.#isFailsafeProven || watchdogMs === null || this.#evses.some(({ failsafeA }) => failsafeA === null))
      return Infinity;
    return watchdogMs * WATCHDOG_MARGIN.factor + WATCHDOG_MARGIN.ms + reactionMs;
  }
}
