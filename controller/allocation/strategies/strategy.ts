import type { PriceSlot } from "../../model/price.ts";
import { DEFAULT_STRATEGY_SETTINGS, type StrategySettings } from "../../model/strategy.ts";
import type { Instant } from "../../model/time.ts";
import type { Claim } from "../division/claims.ts";
import { NO_SURPLUS, type Surplus } from "../observation/surplus.ts";

/** What a strategy says of one claim. */
export type Wish = {
  /** Its part of a fair division. */
  readonly weight: number;
  /** Its place when not all minimums fit: smaller first. */
  readonly order: number;
  /** Whether it may be left out so that more others are served. */
  readonly mayYield: boolean;
  /** What it needs in any case, A; worth `floorValue` per A, all above it `value`, in a division for energy. */
  readonly floorA: number;
  readonly floorValue: number;
  readonly value: number;
  /** What it is given at the most, A. */
  readonly ceilingA: number;
};

/** What a strategy knows beside the claims. */
export type Outlook = {
  readonly now: Instant;
  /** Headroom for vehicles, A per row. */
  readonly headroomA: Float64Array;
  readonly surplus: Surplus;
  /** What energy costs, in the order of time, as far as it is known. */
  readonly prices: readonly PriceSlot[];
  /** EVSEs that charge as if there were no surplus or price to wait for. */
  readonly boosts: ReadonlyMap<string, Instant>;
  readonly settings: StrategySettings;
  /** Voltage between a phase and neutral, V. */
  readonly voltageV: number;
};

/** An outlook on nothing but the claims. */
export const NOTHING_AHEAD = {
  surplus: NO_SURPLUS,
  prices: [],
  boosts: new Map(),
  settings: DEFAULT_STRATEGY_SETTINGS,
  voltageV: 230,
} satisfies Partial<Outlook>;

/**
 * A way to divide: `fair` shares the headroom of each priority class by weight, `ordered` gives one after the other all it can
 * use, `energy` spends it where it is worth most. A strategy gives wishes for the claims, in their order, and cannot break a limit: the division alone spends headroom.
 */
export type Strategy = {
  readonly objective: "fair" | "ordered" | "energy";
  /** Whether a division for energy is worth looking for better choices of who is served. */
  readonly isThorough?: boolean;
  /** What a vehicle waits for that its ceiling, and no circuit, holds back. */
  readonly holdsBack?: "surplus" | "price";
  readonly wish: (claims: readonly Claim[], outlook: Outlook) => readonly Wish[];
};

/** A wish for nothing special. */
export const PLAIN_WISH: Wish = {
  weight: 1,
  order: 0,
  mayYield: true,
  floorA: 0,
  floorValue: 0,
  value: 1,
  ceilingA: Infinity,
};

/** On how many phases a claim counts. */
export const phasesOf = ({ wattsPerA }: Claim, voltageV: number): number =>
  Math.max(1, Math.round(wattsPerA / voltageV));
