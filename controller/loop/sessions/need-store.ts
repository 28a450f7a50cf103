import type { Need } from "../../model/need.ts";
import { instant, type Clock, type Instant } from "../../model/time.ts";
import type { CommandReply, SessionCommand } from "../../protocol/messages.ts";
import type { SessionBook } from "./session-book.ts";

/** A need as it is kept over a restart: the departure in wall time, ms since 1970, and the energy that was missing. */
export type StoredNeed = {
  readonly evse: string;
  readonly departsAtWallMs: number | null;
  readonly energyWh: number | null;
};

/** What was said of the vehicles that are plugged in. */
export type NeedStore = {
  /** Notes or forgets what the vehicle at an EVSE needs; tells why when that is refused. */
  apply(payload: Extract<SessionCommand, { type: "set-need" }>): Pick<CommandReply, "outcome" | "reason">;
  /** What the vehicle at an EVSE still needs; null: nobody said anything, or its departure is over. */
  needOf(evse: string, now: Instant): Need | null;
  forget(evse: string): void;
  stored(now: Instant): readonly StoredNeed[];
};

/** What the store needs. */
export type NeedStorePorts = {
  readonly clock: Clock;
  readonly book: Pick<SessionBook, "running">;
  readonly stored: readonly StoredNeed[];
};

const LONGEST_AHEAD_MS = 31 * 24 * 3_600_000;

type Said = {
  readonly departsAt: Instant | null;
  readonly energyWh: number | null;
  /** What its session had got when that was said, Wh. */
  readonly deliveredWh: number;
};

const refused = (reason: string) => ({ outcome: "refused", reason }) as const;

/** The needs as they were left; each ends with its session or with its departure on the monotonic clock (R10). */
export const createNeedStore = ({ clock, book, stored }: NeedStorePorts): NeedStore => {
  const deliveredWh = (evse: string): number => book.running().get(evse)?.session.deliveredWh ?? 0;
  const toSaid = ({ evse, departsAtWallMs, energyWh }: StoredNeed): Said => ({
    departsAt: departsAtWallMs === null ? null : instant(clock.now() + departsAtWallMs - clock.wallMs()),
    energyWh,
    deliveredWh: deliveredWh(evse),
  });
  const said = new Map(stored.filter(({ evse }) => book.running().has(evse)).map((each) => [each.evse, toSaid(each)]));
  const needOf: NeedStore["needOf"] = (evse, now) => {
    const found = said.get(evse);
    if (found === undefined || (found.departsAt !== null && now >= found.departsAt)) return null;
    const { departsAt, energyWh } = found;
    const gotWh = deliveredWh(evse) - found.deliveredWh;
    return { departsAt, energyWh: energyWh === null ? null : Math.max(0, energyWh - gotWh), isEstimated: false };
  };
  return {
    needOf,
    forget: (evse) => void said.delete(evse),
    apply({ evse, need }) {
      if (need === null) {
        said.delete(evse);
        return { outcome: "applied", reason: null };
      }
      const why = whyNot(need, clock.wallMs());
      if (why !== null) return refused(why);
      if (!book.running().has(evse)) return refused(`no vehicle is plugged in at '${evse}'`);
      said.set(evse, toSaid({ evse, ...need }));
      return { outcome: "applied", reason: null };
    },
    stored: (now) =>
      [...said.keys()].flatMap((evse) => {
        const need = needOf(evse, now);
        if (need === null) return [];
        const { departsAt, energyWh } = need;
        return [{ evse, energyWh, departsAtWallMs: departsAt === null ? null : clock.wallMs() + departsAt - now }];
      }),
  };
};

const whyNot = ({ departsAtWallMs, energyWh }: Omit<StoredNeed, "evse">, wallMs: number): string | null => {
  if (departsAtWallMs === null) return energyWh === null ? "neither a departure nor an energy is named" : null;
  if (departsAtWallMs <= wallMs) return "the departure lies in the past";
  return departsAtWallMs > wallMs + LONGEST_AHEAD_MS ? "the departure is more than 31 days ahead" : null;
};
