import type { Claim } from "./claims.ts";

/** What a claim is given, A per phase, and the row that bound it; -1: its own maximum. */
export type Grant = {
  readonly claim: Claim;
  readonly currentA: number;
  readonly boundBy: number;
  readonly isAdmitted: boolean;
};
