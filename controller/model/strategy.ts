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

/** What a site may set of its strategies; those that do not use a setting ignore it. */
export type StrategySettings = {
  /** solar-first: what the grid connection may draw for vehicles beyond the surplus, W. */
  readonly gridDrawW: number;
  /** solar-first: what every vehicle gets whatever the sun does, A; 0: nothing. */
  readonly floorA: number;
  /** cheapest: the cheapest part of the known day in which a vehicle with an unknown need charges, 0 to 1. */
  readonly cheapShare: number;
};

/** Sun alone, and the cheaper half of the day. */
export const DEFAULT_STRATEGY_SETTINGS: StrategySettings = { gridDrawW: 0, floorA: 0, cheapShare: 0.5 };
