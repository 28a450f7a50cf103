import type { EvseReading } from "../../model/reading.ts";
import type { Evse, Site } from "../../model/site.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { elapsedMs, instant, localClock, type Clock, type Instant } from "../../model/time.ts";
import { usualSession, type Arrival, type PastSession, type UsualSession } from "../../sessions/habits.ts";
import { beginSession, followSession, type Session, type Supply } from "../../sessions/session.ts";

/** A running session as it is kept over a restart; its instants in wall time, ms since 1970. */
export type StoredSession = Omit<Session, "pluggedAt" | "countedAt"> & {
  readonly pluggedAtWallMs: number;
  readonly countedAtWallMs: number;
};

/** A running session, and what would be usual for it; null: that is not known. */
export type RunningSession = { readonly session: Session; readonly usual: UsualSession | null };

/** All that is kept of a book. */
export type StoredBook = { readonly sessions: readonly StoredSession[]; readonly past: readonly PastSession[] };

/** What the book needs. */
export type SessionBookPorts = { readonly site: Site; readonly clock: Clock; readonly stored: StoredBook };

/** Shorter ones are mistakes and second tries: no habit. */
const SHORTEST_HABIT_MS = 5 * 60_000;
const MOST_PAST = 500;
/** A vehicle may take a little more than its EVSE is rated for. */
const TOLERANCE = 1.2;

type Entry = RunningSession & {
  readonly arrival: Arrival;
  /** Whether its vehicle was seen since control started. */
  readonly isSeen: boolean;
};

/** The sessions that run and those that ran, as they were left. */
export class SessionBook {
  readonly #site: Site;
  readonly #clock: Clock;
  readonly #localTime: ReturnType<typeof localClock>;
  readonly #running = new Map<string, Entry>();
  readonly #seenEmpty = new Set<string>();
  #past: readonly PastSession[];

  constructor({ site, clock, stored }: SessionBookPorts) {
    this.#site = site;
    this.#clock = clock;
    this.#localTime = localClock(site.timezone);
    this.#past = stored.past;
    const evses = new Set(site.evses.map(({ id }) => id));
    for (const each of stored.sessions) if (evses.has(each.evse)) this.#add(this.#restored(each), false);
  }

  running(): ReadonlyMap<string, RunningSession> {
    return this.#running;
  }

  /** Follows who comes, charges and goes. */
  follow({ evses }: Snapshot): { readonly hasBegun: boolean; readonly ended: readonly string[] } {
    let hasBegun = false;
    const ended: string[] = [];
    for (const evse of this.#site.evses) {
      const reading = evses.get(evse.id);
      const change = reading === undefined ? null : this.#followOne(evse, reading);
      hasBegun ||= change === "begun";
      if (change === "ended") ended.push(evse.id);
    }
    return { hasBegun, ended };
  }

  stored(): StoredBook {
    const sessions = [...this.#running.values()].map(({ session: { pluggedAt, countedAt, ...rest } }) => ({
      ...rest,
      pluggedAtWallMs: this.#wallMs(pluggedAt),
      countedAtWallMs: this.#wallMs(countedAt),
    }));
    return { sessions, past: this.#past };
  }

  #followOne(evse: Evse, reading: EvseReading): "begun" | "ended" | null {
    const entry = this.#running.get(evse.id);
    if (reading.state === "A") {
      this.#seenEmpty.add(evse.id);
      if (entry === undefined) return null;
      this.#end(entry, reading.sampledAt);
      return "ended";
    }
    if (entry !== undefined) {
      const session = followSession(entry.session, reading, supplyOf(evse, this.#site));
      this.#running.set(evse.id, { ...entry, session, isSeen: true });
      return null;
    }
    // A station with a fault does not say whether somebody is plugged in.
    if (reading.state === "E" || reading.state === "F") return null;
    this.#add(beginSession(reading, this.#seenEmpty.has(evse.id)), true);
    return "begun";
  }

  #add(session: Session, isSeen: boolean): void {
    const { weekday, minute } = this.#localTime(this.#wallMs(session.pluggedAt));
    const arrival = { key: session.evse, weekday: weekday - 1, hour: minute / 60 };
    this.#running.set(session.evse, { session, isSeen, arrival, usual: usualSession(this.#past, arrival) });
  }

  /** A session becomes a habit only where both its ends were seen. */
  #end({ session, arrival, isSeen }: Entry, at: Instant): void {
    this.#running.delete(session.evse);
    const stayMs = elapsedMs(session.pluggedAt, at);
    if (!session.isWhole || !isSeen || stayMs < SHORTEST_HABIT_MS) return;
    this.#past = [...this.#past, { ...arrival, stayMs, energyWh: session.deliveredWh }].slice(-MOST_PAST);
  }

  #restored({ pluggedAtWallMs, countedAtWallMs, ...rest }: StoredSession): Session {
    return { ...rest, pluggedAt: this.#fromWall(pluggedAtWallMs), countedAt: this.#fromWall(countedAtWallMs) };
  }

  #wallMs(at: Instant): number {
    return this.#clock.wallMs() + elapsedMs(this.#clock.now(), at);
  }

  /** Never in the future, whatever the wall clock did meanwhile. */
  #fromWall(wallMs: number): Instant {
    return instant(this.#clock.now() + Math.min(0, wallMs - this.#clock.wallMs()));
  }
}

const supplyOf = ({ maxA, phases }: Evse, { nominalVoltageV }: Site): Supply => ({
  voltageV: nominalVoltageV,
  mostW: TOLERANCE * maxA * phases.length * nominalVoltageV,
});
