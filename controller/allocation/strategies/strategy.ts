import type { Instant } from "../../model/time.ts";
import type { Claim } from "../division/claims.ts";

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
};

/**
 * A way to divide: `fair` shares the headroom of each priority class by weight, `ordered` gives one after the other all it can
 * use, `energy` spends it where it is worth most. A strategy gives wishes for the claims, in their order, and cannot break a limit: the division alone spends headroom.
 */
export type Strategy = {
  readonly objective: "fair" | "ordered" | "energy";
  /** Whether a division for energy is worth looking for better choices of who is served. */
  readonly isThorough?: boolean;
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
