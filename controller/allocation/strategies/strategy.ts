import type { Instant } from "../../model/time.ts";
import type { Claim } from "../division/claims.ts";

/** What a strategy says of one claim: its weight in the division, and its place when not all minimums fit (smaller first). */
export type Wish = { readonly weight: number; readonly order: number };

/** Wishes for the claims of one priority class, in their order. It cannot break a limit: the division alone spends headroom. */
export type Strategy = (claims: readonly Claim[], context: { readonly now: Instant }) => readonly Wish[];
