import type { Instant } from "./time.ts";

/** What a vehicle still needs and until when, as far as anybody said; null: nobody did. */
export type Need = {
  readonly departsAt: Instant | null;
  /** Energy still missing, Wh. */
  readonly energyWh: number | null;
};

/** Nobody said anything, as of most vehicles. */
export const UNKNOWN_NEED: Need = { departsAt: null, energyWh: null };
