import type { Need } from "../../model/need.ts";
import type { Site } from "../../model/site.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { elapsedMs, type Clock, type Instant } from "../../model/time.ts";
import type { CommandReply, SessionCommand } from "../../protocol/messages.ts";
import { estimatedNeed } from "../../sessions/habits.ts";
import { createBoostStore, type StoredBoost } from "./boost-store.ts";
import { createNeedStore, type StoredNeed } from "./need-store.ts";
import { type RunningSession, SessionBook, type StoredBook } from "./session-book.ts";

/** All that is kept of sessions over a restart. */
export type StoredSessions = StoredBook & {
  readonly needs: readonly StoredNeed[];
  readonly boosts: readonly StoredBoost[];
};

/** Nothing was ever kept. */
export const NO_SESSIONS: StoredSessions = { sessions: [], past: [], needs: [], boosts: [] };

/** What is known of the vehicles that are plugged in, beside what they draw. */
export type Sessions = {
  /** Follows the vehicles of a snapshot; the same snapshot with what they need and which come first. */
  follow(snapshot: Snapshot): Snapshot;
  /** Carries out a command: in force at once, resolves when it is kept. */
  apply(payload: SessionCommand): Promise<Pick<CommandReply, "outcome" | "reason">>;
};

/** What sessions need: the site, and a place that survives a restart. */
export type SessionsPorts = {
  readonly site: Site;
  readonly clock: Clock;
  readonly stored: StoredSessions;
  /** Called from within the cycle, which does not wait for it. */
  readonly save: (sessions: StoredSessions) => Promise<void>;
};

/** What was delivered meanwhile is kept this often. */
const KEEP_EVERY_MS = 10 * 60_000;

/** The sessions as they were left. */
export const createSessions = ({ site, clock, stored, save }: SessionsPorts): Sessions => {
  const book = new SessionBook({ site, clock, stored });
  const needs = createNeedStore({ clock, book, stored: stored.needs });
  const boosts = createBoostStore(clock, stored.boosts);
  let keptAt = clock.now();
  const keep = (): Promise<void> => {
    keptAt = clock.now();
    return save({ ...book.stored(), needs: needs.stored(keptAt), boosts: boosts.stored(keptAt) });
  };
  const needAt = (now: Instant, evse: string, { session, usual }: RunningSession): Need | null =>
    needs.needOf(evse, now) ?? (usual === null ? null : estimatedNeed(usual, session, now));
  const needsAt = (now: Instant): ReadonlyMap<string, Need> =>
    new Map(
      [...book.running()].flatMap(([evse, running]) => {
        const need = needAt(now, evse, running);
        return need === null ? [] : [[evse, need]];
      }),
    );
  const forget = (evse: string): void => {
    needs.forget(evse);
    boosts.forget(evse);
  };
  const boost = ({ evse, durationMs }: Extract<SessionCommand, { type: "set-boost" }>) => {
    boosts.set(evse, durationMs);
    return { outcome: "applied", reason: null } as const;
  };
  return {
    follow(snapshot) {
      const { hasBegun, ended } = book.follow(snapshot);
      for (const evse of ended) forget(evse);
      const isDue = book.running().size > 0 && elapsedMs(keptAt, snapshot.at) >= KEEP_EVERY_MS;
      if (hasBegun || ended.length > 0 || isDue) keep().catch(() => undefined);
      return { ...snapshot, needs: needsAt(snapshot.at), boosts: boosts.inForce(snapshot.at) };
    },
    async apply(payload) {
      if (!site.evses.some(({ id }) => id === payload.evse))
        return { outcome: "refused", reason: `there is no EVSE '${payload.evse}'` };
      const reply = payload.type === "set-boost" ? boost(payload) : needs.apply(payload);
      if (reply.outcome !== "refused") await keep();
      return reply;
    },
  };
};
