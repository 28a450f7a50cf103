import { DEFAULT_STRATEGY_SETTINGS } from "#controller/model/strategy.ts";
import { allPhases, ZERO } from "#controller/model/phase.ts";
import type { StationDriver } from "#controller/model/ports.ts";
import type { Site } from "#controller/model/site.ts";
import type { Clock, Instant } from "#controller/model/time.ts";

/** The meter of the grid connection. */
export const METER = "main";
/** What each station may draw, A per phase. */
export const STATION_MAX_A = 32;

/** Stations behind one metered circuit that carries exactly all of them. */
export const overloadSite = (count: number): Site => {
  const ids = Array.from({ length: count }, (_, i) => `s${i}`);
  return {
    id: "bench",
    name: "bench",
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
        sealedA: allPhases(count * STATION_MAX_A),
        sealedPowerW: null,
        generatorA: null,
        reserveA: 0,
        largestStepA: [0, 0, 0],
        maxImbalanceA: null,
        meter: METER,
        fallbackLoadA: ZERO,
        worstLoadA: ZERO,
        otherLoadA: ZERO,
      },
    ],
    stations: ids.map((id) => ({
      id,
      name: id,
      profile: "abb-terra-ac",
      watchdogMs: 60_000,
      reactionMs: 1000,
      measuresCurrent: true,
    })),
    evses: ids.map((station) => ({
      id: `${station}/1`,
      station,
      number: 1,
      circuit: "grid",
      phases: ["L1", "L2", "L3"],
      minA: 6,
      maxA: STATION_MAX_A,
      stepA: 1,
      priority: 0,
      weight: 1,
      failsafeA: 6,
      powerOnA: 0,
    })),
    meters: [{ id: METER, measures: "all", circuit: "grid", intervalMs: 1000 }],
    inverters: [],
  };
};

/** The reductions that stations acknowledged. */
export type Reductions = {
  /** The same stations, watched. */
  readonly stations: ReadonlyMap<string, StationDriver>;
  /** Sum of the acknowledged currents, A per phase. */
  totalA(): number;
  /** Forgets the reductions, not the currents. */
  reset(): void;
  seen(): { readonly count: number; readonly lastAt: Instant | null };
};

/** Watches the writes to stations of one EVSE each. */
export const countReductions = (drivers: ReadonlyMap<string, StationDriver>, clock: Clock): Reductions => {
  const acknowledgedA = new Map<string, number>();
  let sumA = 0;
  let count = 0;
  let lastAt: Instant | null = null;
  const note = (station: string, currentA: number): void => {
    const beforeA = acknowledgedA.get(station) ?? 0;
    acknowledgedA.set(station, currentA);
    sumA += currentA - beforeA;
    if (currentA >= beforeA) return;
    count += 1;
    lastAt = clock.now();
  };
  const watched = (driver: StationDriver): StationDriver => ({
    station: driver.station,
    poll: () => driver.poll(),
    write: async (evseNumber, currentA) => {
      const result = await driver.write(evseNumber, currentA);
      if (result.ok) note(driver.station, currentA);
      return result;
    },
    isFailsafeProven: () => driver.isFailsafeProven(),
    close: () => driver.close(),
  });
  return {
    stations: new Map([...drivers].map(([id, driver]) => [id, watched(driver)])),
    totalA: () => sumA,
    reset: () => {
      count = 0;
      lastAt = null;
    },
    seen: () => ({ count, lastAt }),
  };
};
