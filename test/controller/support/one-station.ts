import { DEFAULT_STRATEGY_SETTINGS } from "#controller/model/strategy.ts";
import { allPhases, ZERO } from "#controller/model/phase.ts";
import type { Evse, Site } from "#controller/model/site.ts";

/** The EVSE of {@link SITE}. */
export const evse: Evse = {
  id: "bay/1",
  station: "bay",
  number: 1,
  circuit: "grid",
  phases: ["L1", "L2", "L3"],
  minA: 6,
  maxA: 32,
  stepA: 1,
  priority: 0,
  weight: 1,
  failsafeA: 6,
  powerOnA: 0,
};

/** One station with a failsafe of 6 A and a watchdog of 10 s, alone on a circuit. */
export const SITE: Site = {
  id: "site",
  name: "site",
  timezone: "UTC",
  nominalVoltageV: 230,
  cycleMs: 1000,
  exportCreditA: 0,
  strategy: "equal-share",
  strategySettings: DEFAULT_STRATEGY_SETTINGS,
  guaranteeMinimums: false,
  circuits: [
    {
      id: "grid",
      name: "grid",
      parent: null,
      sealedA: allPhases(32),
      sealedPowerW: null,
      generatorA: null,
      reserveA: 0,
      largestStepA: ZERO,
      maxImbalanceA: null,
      meter: null,
      fallbackLoadA: ZERO,
      worstLoadA: ZERO,
      otherLoadA: ZERO,
    },
  ],
  stations: [{ id: "bay", name: "bay", profile: "test", watchdogMs: 10_000, reactionMs: 5000, measuresCurrent: true }],
  evses: [evse],
  meters: [],
  inverters: [],
};
