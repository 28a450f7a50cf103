import { equalShare } from "./equal-share.ts";
import type { Strategy } from "./strategy.ts";

/** Every strategy by the name the site file uses; one line adds one. */
export const STRATEGIES: ReadonlyMap<string, Strategy> = new Map([["equal-share", equalShare]]);
