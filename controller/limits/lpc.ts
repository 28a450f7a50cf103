import type { LpcState, OperatorSignal } from "../model/limit.ts";
import { elapsedMs, instant, type Instant } from "../model/time.ts";

/** What holds when heartbeats are missing, W, and for how long at least, ms. */
export type Failsafe = { readonly powerW: number; readonly minimumMs: number };

/** The limitation of power consumption as it stands. */
export type Lpc = {
  readonly state: LpcState;
  readonly since: Instant;
  /** The installer's. */
  readonly failsafe: Failsafe;
  /** The grid operator's, which holds instead; null: none was given. */
  readonly givenFailsafe: Failsafe | null;
  /** The limit that was given and neither released nor ran out; null: none. */
  readonly limit: { readonly powerW: number; readonly endsAt: Instant | null } | null;
  readonly heartbeatAt: Instant | null;
  /** In failsafe: since when heartbeats come again and a limit is waited for. */
  readonly heardAgainAt: Instant | null;
};

/** As it is kept over a restart; the end of a limit in wall time, ms since 1970. */
export type KeptLpc = {
  readonly state: LpcState;
  readonly givenFailsafe: Failsafe | null;
  readonly limit: { readonly powerW: number; readonly endsAtWallMs: number | null } | null;
};

type LpcSignal = Exclude<OperatorSignal, { type: "contact" }>;

/** Without a heartbeat for so long the failsafe holds; so long a limit is waited for (LPC-906, -911, -921). */
const HEARTBEAT_LOST_MS = 120_000;
/** A limit is released only by who was heard within this: heartbeats come every 60 s (LPC-913). */
const HEARTBEAT_RECENT_MS = 60_000;
/** The range of the failsafe's least duration (LPC-022). */
const FAILSAFE_RANGE_MS = { least: 2 * 3_600_000, most: 24 * 3_600_000 };

/** Two readings of the clocks at one moment. */
export type Now = { readonly at: Instant; readonly wallMs: number };

/** A start: the failsafe holds until the grid operator is heard (LPC-901). What bound before goes on binding (R10). */
export const startLpc = (failsafe: Failsafe, kept: KeptLpc | null, now: Now): Lpc => {
  const limit = kept === null ? null : limitKept(kept, now);
  return {
    state: limit !== null || kept?.state === "failsafe" ? "failsafe" : "init",
    since: now.at,
    failsafe,
    givenFailsafe: kept?.givenFailsafe ?? null,
    limit,
    heartbeatAt: null,
    heardAgainAt: null,
  };
};

const limitKept = ({ limit }: KeptLpc, { at, wallMs }: Now): Lpc["limit"] => {
  if (limit === null) return null;
  const { powerW, endsAtWallMs } = limit;
  if (endsAtWallMs === null) return { powerW, endsAt: null };
  return endsAtWallMs <= wallMs ? null : { powerW, endsAt: instant(at + endsAtWallMs - wallMs) };
};

/** What is to be kept over a restart. */
export const keepLpc = ({ state, givenFailsafe, limit }: Lpc, { at, wallMs }: Now): KeptLpc => ({
  state,
  givenFailsafe,
  limit:
    limit === null
      ? null
      : { powerW: limit.powerW, endsAtWallMs: limit.endsAt === null ? null : wallMs + elapsedMs(at, limit.endsAt) },
});

/** The most the controllable devices may draw now, W; null: not limited. What follows a limit that nobody renews is lower. */
export const lpcLimitW = (lpc: Lpc): number | null => {
  switch (lpc.state) {
    case "init":
    case "failsafe":
      return lpcFallbackW(lpc);
    case "limited":
      return lpc.limit?.powerW ?? lpcFallbackW(lpc);
    case "unlimited-controlled":
    case "unlimited-autonomous":
      return null;
  }
};

/** What the failsafe allows, W: never more than the limit that was given. */
export const lpcFallbackW = (lpc: Lpc): number => Math.min(failsafeOf(lpc).powerW, lpc.limit?.powerW ?? Infinity);

const failsafeOf = ({ failsafe, givenFailsafe }: Lpc): Failsafe => givenFailsafe ?? failsafe;

/** Until when a limit holds unless another heartbeat comes; null: it does not depend on one. */
export const heartbeatDueAt = (lpc: Lpc): Instant | null =>
  isControlled(lpc) ? instant(heardAt(lpc) + HEARTBEAT_LOST_MS) : null;

/** Lets time pass: what was waited for in vain has its consequence. */
export const advanceLpc = (lpc: Lpc, now: Instant): Lpc => {
  const endsAt = lpc.limit?.endsAt ?? null;
  const isOver = endsAt !== null && now >= endsAt;
  const next = isOver ? { ...lpc, limit: null } : lpc;
  if (isControlled(next) && elapsedMs(heardAt(next), now) >= HEARTBEAT_LOST_MS) return enter(next, "failsafe", now);
  if (next.state === "limited" && isOver) return enter(next, "unlimited-controlled", now);
  return isWaitingOver(next, now) ? { ...enter(next, "unlimited-autonomous", now), limit: null } : next;
};

const isControlled = ({ state }: Lpc): boolean => state === "limited" || state === "unlimited-controlled";

/** When the grid operator was last heard: by a heartbeat, or when it took control. */
const heardAt = ({ heartbeatAt, since }: Lpc): Instant =>
  heartbeatAt !== null && heartbeatAt > since ? heartbeatAt : since;

/** Nobody took control in time: after the start (LPC-906), after heartbeats came again (-921), or for all the failsafe's time (-922). */
const isWaitingOver = (lpc: Lpc, now: Instant): boolean => {
  const { state, since, heardAgainAt } = lpc;
  if (state === "init") return elapsedMs(since, now) >= HEARTBEAT_LOST_MS;
  if (state !== "failsafe") return false;
  const isUnclaimed = heardAgainAt !== null && isAlive(lpc, now) && elapsedMs(heardAgainAt, now) >= HEARTBEAT_LOST_MS;
  return isUnclaimed || elapsedMs(since, now) >= failsafeOf(lpc).minimumMs;
};

const isAlive = ({ heartbeatAt }: Lpc, now: Instant): boolean =>
  heartbeatAt !== null && elapsedMs(heartbeatAt, now) < HEARTBEAT_LOST_MS;

/** In failsafe heartbeats that come again count from the first on; when they are lost once more, anew. */
const heard = (lpc: Lpc, now: Instant): Lpc => {
  const since = isAlive(lpc, now) ? (lpc.heardAgainAt ?? now) : now;
  return { ...lpc, heartbeatAt: now, heardAgainAt: lpc.state === "failsafe" ? since : null };
};

const enter = (lpc: Lpc, state: LpcState, now: Instant): Lpc =>
  lpc.state === state ? lpc : { ...lpc, state, since: now, heardAgainAt: null };

/** The state after a signal, and why the signal was refused; null: it was not. */
export type Received = { readonly lpc: Lpc; readonly refusal: string | null };

/** Takes a signal. A limit is always taken; only who was just heard may release one or change the failsafe. */
export const receiveLpc = (before: Lpc, signal: LpcSignal, now: Instant): Received => {
  const lpc = advanceLpc(before, now);
  switch (signal.type) {
    case "heartbeat":
      return taken(heard(lpc, now));
    case "limit":
      return signal.isActive && signal.durationMs !== 0 ? taken(limited(lpc, signal, now)) : release(lpc, now);
    case "failsafe":
      return setFailsafe(lpc, signal);
  }
};

const taken = (lpc: Lpc): Received => ({ lpc, refusal: null });

const limited = (lpc: Lpc, { powerW, durationMs }: Extract<LpcSignal, { type: "limit" }>, now: Instant): Lpc => {
  const endsAt = durationMs === null ? null : instant(now + durationMs);
  return { ...enter(lpc, "limited", now), limit: { powerW, endsAt } };
};

const release = (lpc: Lpc, now: Instant): Received => {
  const isHeard = lpc.heartbeatAt !== null && elapsedMs(lpc.heartbeatAt, now) <= HEARTBEAT_RECENT_MS;
  return isControlled(lpc) || isHeard
    ? taken({ ...enter(lpc, "unlimited-controlled", now), limit: null })
    : { lpc, refusal: "there was no heartbeat within the last 60 s" };
};

const setFailsafe = (lpc: Lpc, { powerW, minimumMs }: Failsafe): Received => {
  if (!isControlled(lpc)) return { lpc, refusal: "a limit has to be given or released first" };
  if (minimumMs < FAILSAFE_RANGE_MS.least || minimumMs > FAILSAFE_RANGE_MS.most)
    return { lpc, refusal: "the failsafe holds for at least 2 to 24 hours" };
  return taken({ ...lpc, givenFailsafe: { powerW, minimumMs } });
};
