import type { Instant } from "./time.ts";

/** What energy costs from one instant until another. */
export type PriceSlot = {
  readonly from: Instant;
  readonly until: Instant;
  /** In the currency of whoever set it; may be negative. */
  readonly pricePerKwh: number;
};
