import type { StrategyName } from "../../model/strategy.ts";
import { cheapest } from "./cheapest.ts";
import { deadline } from "./deadline.ts";
import { equalShare } from "./equal-share.ts";
import { firstCome } from "./first-come.ts";
import { mostEnergy } from "./most-energy.ts";
import { solarFirst } from "./solar-first.ts";
import type { Strategy } from "./strategy.ts";
import { weighted } from "./weighted.ts";

/** Every strategy by the name the site file uses; one line adds one. */
export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  "equal-share": equalShare,
  "first-come": firstCome,
  weighted,
  deadline,
  "most-energy": mostEnergy,
  "solar-first": solarFirst,
  cheapest,
};
