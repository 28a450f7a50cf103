/** The strategies a site may name: how the headroom is divided within a priority class. */
export const STRATEGY_NAMES = [
  "equal-share",
  "first-come",
  "weighted",
  "deadline",
  "most-energy",
  "solar-first",
  "cheapest",
] as const;

/** The name of a strategy. */
export type StrategyName = (typeof STRATEGY_NAMES)[number];
