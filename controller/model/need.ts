import type { Instant } from "./time.ts";

/** What a vehicle still needs and until when, as far as it is known; null: it is not. */
export type Need = {
  readonly departsAt: Instant | null;
  /** Energy still missing, Wh. */
  readonly energyWh: number | null;
  /** Whether it was learned from earlier sessions; else somebody said it. */
  readonly isEstimated: boolean;
};

/** Nothing is known. */
export const UNKNOWN_NEED: Need = { departsAt: null, energyWh: null, isEstimated: false };
