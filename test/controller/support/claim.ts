import type { Claim } from "#controller/allocation/division/claims.ts";
import { UNKNOWN_NEED } from "#controller/model/need.ts";
import { instant } from "#controller/model/time.ts";

/** A claim of 6 to 32 A on the given rows of a 230 V site, unless overridden. */
export const claimOn = (rows: readonly number[], index: number, over: Partial<Claim> = {}): Claim => ({
  evse: `bay-${index}/1`,
  priority: 0,
  weight: 1,
  arrivedAt: instant(0),
  wattsPerA: 230 * rows.length,
  isIdle: false,
  need: UNKNOWN_NEED,
  history: { setpointA: 0, servedSince: null, waitingSince: null, pauses: 0, learned: null },
  rows: Int32Array.from(rows),
  minA: 6,
  maxA: 32,
  stepA: 1,
  ...over,
});
