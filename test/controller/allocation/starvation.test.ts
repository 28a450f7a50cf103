import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LEAST_ON_MS, RESTART_HOLD_MS, TURN_MS } from "#controller/allocation/timing.ts";
import { allPhases } from "#controller/model/phase.ts";
import type { Site } from "#controller/model/site.ts";
import { runClosedLoop, type TestCycle } from "#test/support/closed-loop.ts";
import { siteArbitrary } from "#test/support/random-site.ts";

const CYCLE_MS = 30_000;
const HOURS = 4;
/** What a change of turns may take beside the turn: the pause, a start behind a reduction, and cycles to see both. */
const SLACK_MS = 2 * RESTART_HOLD_MS + 8 * CYCLE_MS;

/**
 * Tight sites of one class whose phases need no balance, which may leave one out for good, and whose stations never fall back
 * by themselves, so that a cycle may be long.
 */
const oneClass = (strategy: Site["strategy"]): fc.Arbitrary<Site> =>
  siteArbitrary.map((site) => {
    const evses = site.evses.slice(0, 5).map((evse) => ({ ...evse, priority: 0, failsafeA: null, powerOnA: 0 }));
    const stations = site.stations.slice(0, 5).map((station) => ({ ...station, watchdogMs: null }));
    const circuits = site.circuits.map((circuit) => ({
      ...circuit,
      maxImbalanceA: null,
      sealedPowerW: null,
      sealedA: allPhases(10 + (circuit.sealedA[0] % 12)),
    }));
    return { ...site, strategy, circuits, evses, stations, cycleMs: CYCLE_MS };
  });

/** The site on its own for hours, with a vehicle at every EVSE that always wants more. */
const run = (site: Site): readonly TestCycle[] =>
  runClosedLoop(
    site,
    new Map(
      site.evses.map(({ id, phases }) => [
        id,
        { wantsA: 32, terminals: phases.length, lagCycles: 0, state: "C" as const },
      ]),
    ),
    Array.from({ length: (HOURS * 3_600_000) / CYCLE_MS }, () => ({})),
  );

/** The longest that an EVSE had no current at a stretch, ms. */
const longestWaitMs = (cycles: readonly TestCycle[], index: number): number => {
  let longest = 0;
  let waits = 0;
  for (const { allocation } of cycles) {
    waits = (allocation.setpoints[index]?.currentA ?? 0) > 0 ? 0 : waits + 1;
    longest = Math.max(longest, waits);
  }
  return longest * CYCLE_MS;
};

const fitsAlone = (site: Site, index: number): boolean => {
  const circuits = new Map(site.circuits.map((circuit) => [circuit.id, circuit]));
  const evse = site.evses[index];
  for (let id = evse?.circuit ?? null; id !== null; id = circuits.get(id)?.parent ?? null) {
    const circuit = circuits.get(id);
    if (circuit !== undefined && circuit.sealedA[0] - circuit.reserveA < (evse?.minA ?? 0)) return false;
  }
  return true;
};

describe("within a class nobody starves (R7)", () => {
  test.each(["equal-share", "weighted"] as const)("over hours of %s where minimums do not all fit", (strategy) => {
    fc.assert(
      fc.property(oneClass(strategy), (site) => {
        const cycles = run(site);
        const boundMs = site.evses.length * (Math.max(TURN_MS, LEAST_ON_MS) + SLACK_MS);
        const waitsMs = site.evses.map((_, i) => (fitsAlone(site, i) ? longestWaitMs(cycles, i) : 0));
        expect(Math.max(...waitsMs)).toBeLessThanOrEqual(boundMs);
      }),
      { numRuns: 25 },
    );
  });
});
