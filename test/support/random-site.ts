import { STRATEGY_NAMES } from "#controller/model/strategy.ts";
import fc from "fast-check";
import { type Phase } from "#controller/model/phase.ts";
import { allPhases, ZERO } from "#controller/model/phase.ts";
import type { Circuit, Evse, Site, Station } from "#controller/model/site.ts";

const ROTATIONS: readonly (readonly Phase[])[] = [
  ["L1", "L2", "L3"],
  ["L2", "L3", "L1"],
  ["L3", "L1", "L2"],
  ["L1"],
  ["L2"],
  ["L3"],
];

const circuitArbitrary = (index: number): fc.Arbitrary<Circuit> =>
  fc
    .record({
      limitA: fc.integer({ min: 10, max: 120 }),
      parent: fc.nat({ max: Math.max(0, index - 1) }),
      reserveA: fc.integer({ min: 0, max: 4 }),
      powerW: fc.option(fc.integer({ min: 2000, max: 60_000 }), { nil: null }),
      maxImbalanceA: fc.option(fc.integer({ min: 2, max: 40 }), { nil: null }),
    })
    .map(({ limitA, parent, reserveA, powerW, maxImbalanceA }) => ({
      id: `c${index}`,
      name: `c${index}`,
      parent: index === 0 ? null : `c${parent}`,
      sealedA: allPhases(limitA),
      sealedPowerW: powerW,
      generatorA: null,
      reserveA,
      maxImbalanceA,
      largestStepA: ZERO,
      meter: index === 0 ? "main" : null,
      fallbackLoadA: allPhases(limitA / 2),
      worstLoadA: ZERO,
      otherLoadA: ZERO,
    }));

const evseArbitrary = (index: number, circuits: number): fc.Arbitrary<Evse> =>
  fc
    .record({
      circuit: fc.nat({ max: circuits - 1 }),
      phases: fc.constantFrom(...ROTATIONS),
      maxA: fc.constantFrom(10, 16, 32),
      stepA: fc.constantFrom(0.1, 0.5, 1),
      priority: fc.nat({ max: 2 }),
      weight: fc.constantFrom(0.5, 1, 3),
      hasFailsafe: fc.boolean(),
    })
    .map(({ circuit, hasFailsafe, ...rest }) => ({
      id: `s${index}/1`,
      station: `s${index}`,
      number: 1,
      circuit: `c${circuit}`,
      minA: 6,
      failsafeA: hasFailsafe ? 6 : null,
      powerOnA: hasFailsafe ? 0 : rest.maxA,
      ...rest,
    }));

const stationOf = (evse: Evse): Station => ({
  id: evse.station,
  name: evse.station,
  profile: "test",
  watchdogMs: evse.failsafeA === null ? null : 10_000,
  reactionMs: 5_000,
  measuresCurrent: true,
});

/** Random sites: a tree of up to 6 circuits, up to 12 EVSEs with any rotation, step and priority, one meter at the top. */
export const siteArbitrary: fc.Arbitrary<Site> = fc
  .record({ circuits: fc.integer({ min: 1, max: 6 }), evses: fc.integer({ min: 1, max: 12 }) })
  .chain(({ circuits, evses }) =>
    fc.record({
      circuits: fc.tuple(...Array.from({ length: circuits }, (_, i) => circuitArbitrary(i))),
      evses: fc.tuple(...Array.from({ length: evses }, (_, i) => evseArbitrary(i, circuits))),
      strategy: fc.constantFrom(...STRATEGY_NAMES),
      strategySettings: fc.record({
        gridDrawW: fc.constantFrom(0, 50_000),
        floorA: fc.constantFrom(0, 8),
        cheapShare: fc.constant(0.5),
      }),
      guaranteeMinimums: fc.boolean(),
    }),
  )
  .map(({ circuits, evses, strategy, strategySettings, guaranteeMinimums }) => ({
    id: "random",
    name: "random",
    timezone: "UTC",
    nominalVoltageV: 230,
    cycleMs: 1000,
    exportCreditA: 0,
    strategy,
    strategySettings,
    guaranteeMinimums,
    circuits,
    evses,
    stations: evses.map(stationOf),
    meters: [{ id: "main", measures: "all", circuit: "c0", intervalMs: 1000 }],
    inverters: [],
  }));
