import type { PriceSlot } from "../model/price.ts";
import { instant, type Clock } from "../model/time.ts";
import type { CommandReply, SiteCommand } from "../protocol/messages.ts";

/** A price as it is kept: in wall time, ms since 1970. */
export type StoredPrice = Extract<SiteCommand, { type: "set-prices" }>["prices"][number];

/** What energy costs, as it was last said. */
export type PriceStore = {
  /** The prices on the monotonic clock as the wall clock stands now, in the order of time. */
  slots(): readonly PriceSlot[];
  /** Replaces all prices; none ends the knowledge of them. Resolves when they are kept. */
  apply(payload: Extract<SiteCommand, { type: "set-prices" }>): Promise<Pick<CommandReply, "outcome" | "reason">>;
};

/** What the store needs. */
export type PriceStorePorts = {
  readonly clock: Clock;
  readonly stored: readonly StoredPrice[];
  readonly save: (prices: readonly StoredPrice[]) => Promise<void>;
};

/** The prices as they were left. */
export const createPriceStore = ({ clock, stored, save }: PriceStorePorts): PriceStore => {
  let kept = stored;
  return {
    // Prices belong to the time of day: after a step of the wall clock they hold where they now belong, unlike a lease (R10).
    slots() {
      const offsetMs = clock.now() - clock.wallMs();
      return kept.map(({ startsAtWallMs, endsAtWallMs, pricePerKwh }) => ({
        from: instant(startsAtWallMs + offsetMs),
        until: instant(endsAtWallMs + offsetMs),
        pricePerKwh,
      }));
    },
    async apply({ prices }) {
      const inOrder = prices.toSorted((a, b) => a.startsAtWallMs - b.startsAtWallMs);
      if (inOrder.some((price) => price.endsAtWallMs <= price.startsAtWallMs))
        return { outcome: "refused", reason: "a price ends before it starts" };
      if (inOrder.some((price, i) => i > 0 && price.startsAtWallMs < (inOrder[i - 1]?.endsAtWallMs ?? 0)))
        return { outcome: "refused", reason: "two prices are given for the same time" };
      kept = inOrder;
      await save(kept);
      return { outcome: "applied", reason: null };
    },
  };
};
