import { mapPhases, type PhaseVector } from "./phase.ts";
import type { Instant } from "./time.ts";

/** Who may give a limit; the lowest wins and nothing exceeds the sealed one (R5). */
export const LIMIT_SOURCES = [
  "sealed",
  "operating",
  "schedule",
  "grid-operator",
  "csms",
  "flow",
  "demand-slot",
] as const;

/** Who gave a limit. */
export type LimitSource = (typeof LIMIT_SOURCES)[number];

/** The sources whose limits are set one by one at run time: the manager, the CSMS, a flow. */
export const SET_SOURCES = ["operating", "csms", "flow"] as const;

/** A source whose limits are set one by one. */
export type SetSource = (typeof SET_SOURCES)[number];

/** An upper bound: a current per phase, A, a power of all phases together, W, or both; null: not bounded that way. */
export type LimitValue = { readonly limitA: PhaseVector | null; readonly powerW: number | null };

/** An upper bound on a circuit. One with an expiry is a lease and names the value that holds afterwards. */
export type Limit = LimitValue & {
  readonly circuit: string;
  readonly source: LimitSource;
  /** Whether it bounds everything on the circuit or only the power of the EVSEs behind it. */
  readonly scope: "all" | "evses";
  readonly lease: { readonly expiresAt: Instant; readonly afterwards: LimitValue } | null;
};

/** Whether a lease has run out. */
export const isExpired = ({ lease }: Limit, now: Instant): boolean => lease !== null && now >= lease.expiresAt;

/** What a limit allows now: a lease that has expired holds the value it named. */
export const limitInForce = (limit: Limit, now: Instant): LimitValue =>
  limit.lease !== null && isExpired(limit, now) ? limit.lease.afterwards : limit;

/** The lower of two bounds, each on its own; null is no bound. */
const lowerOf = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

/** The lower of two values, phase by phase, and of their powers. */
export const lowestValue = (a: LimitValue, b: LimitValue): LimitValue => ({
  limitA: lowestCurrents(a.limitA, b.limitA),
  powerW: lowerOf(a.powerW, b.powerW),
});

const lowestCurrents = (a: PhaseVector | null, b: PhaseVector | null): PhaseVector | null =>
  a === null ? b : b === null ? a : mapPhases((i) => Math.min(a[i], b[i]));

/** Whether a value allows more than another in any respect. */
export const allowsMore = (value: LimitValue, than: LimitValue): boolean =>
  exceeds(value.powerW, than.powerW) ||
  [0, 1, 2].some((i) => exceeds(value.limitA?.[i] ?? null, than.limitA?.[i] ?? null));

const exceeds = (value: number | null, thanValue: number | null): boolean =>
  thanValue !== null && (value === null || value > thanValue);

/** Times of a schedule are multiples of this, minutes: at no other times a zone's clock is changed. */
export const SCHEDULE_STEP_MINUTES = 15;

/** A limit of a weekly schedule: on these days, from a time of day to another, on the site's clock. */
export type ScheduleEntry = LimitValue & {
  /** 1 Monday to 7 Sunday (ISO 8601): the days on which it begins. */
  readonly weekdays: readonly number[];
  /** Minute of the day, 0 to 1425. */
  readonly fromMinute: number;
  /** Minute of the day, 15 to 1440; not later than `fromMinute`: on the next day. */
  readonly toMinute: number;
};

/** The weekly schedule of a circuit; where entries overlap the lowest holds. */
export type Schedule = { readonly circuit: string; readonly entries: readonly ScheduleEntry[] };

/** The states of a controllable system under EEBUS LPC (limitation of power consumption 1.0, section 2.3). */
export const LPC_STATES = ["init", "unlimited-controlled", "limited", "failsafe", "unlimited-autonomous"] as const;

/** A state of LPC. */
export type LpcState = (typeof LPC_STATES)[number];

/** What the grid operator says: over LPC, or by a contact. */
export type OperatorSignal =
  | { readonly type: "heartbeat" }
  /** A limit on the power of the controllable devices, W; inactive: released. The duration runs from now on. */
  | {
      readonly type: "limit";
      readonly isActive: boolean;
      readonly powerW: number;
      readonly durationMs: number | null;
    }
  /** What holds when heartbeats are missing, and for how long at least: 2 to 24 hours. */
  | { readonly type: "failsafe"; readonly powerW: number; readonly minimumMs: number }
  | { readonly type: "contact"; readonly isDimmed: boolean };

/** The limits of the grid operator as people see them; `lpc` is null where the site has none. */
export type OperatorState = {
  readonly lpc: LpcState | null;
  readonly isContactDimmed: boolean;
  /** What the EVSEs may draw from the grid together, W; null: no limit. */
  readonly powerW: number | null;
};
