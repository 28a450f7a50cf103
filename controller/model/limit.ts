import type { PhaseVector } from "./phase.ts";
import type { Instant } from "./time.ts";

/** Who gave a limit; the lowest wins (R5). */
export type LimitSource = "sealed" | "operating" | "lease";

/** An upper bound on a circuit, A per phase. One with an expiry is a lease and names the value that holds afterwards. */
export type Limit = {
  readonly circuit: string;
  readonly source: LimitSource;
  readonly limitA: PhaseVector;
  readonly lease: { readonly expiresAt: Instant; readonly afterwardsA: PhaseVector } | null;
};

/** What a limit allows now: a lease that has expired holds the value it named. */
export const limitInForce = (limit: Limit, now: Instant): PhaseVector =>
  limit.lease !== null && now >= limit.lease.expiresAt ? limit.lease.afterwardsA : limit.limitA;
