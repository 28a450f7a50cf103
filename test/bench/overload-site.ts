import { allPhases } from "#controller/model/phase.ts";
import type { StationDriver } from "#controller/model/ports.ts";
import type { Site } from "#controller/model/site.ts";
import type { Clock, Instant } from "#controller/model/time.ts";
import { circuit, evse, siteOf } from "#test/controller/support/parts.ts";

/** The meter of the grid connection. */
export const METER = "main";
/** What each station may draw, A per phase. */
export const STATION_MAX_A = 32;

/** Stations behind one metered circuit that carries exactly all of them. */
export const overloadSite = (count: number): Site => {
  const site = siteOf({
    circuits: [circuit({ id: "grid", sealedA: allPhases(count * STATION_MAX_A), meter: METER })],
    evses: Array.from({ length: count }, (_, i) => evse(`s${i}`, { maxA: STATION_MAX_A })),
    meters: [{ id: METER, measures: "all", circuit: "grid", intervalMs: 1000 }],
  });
  const abb = { profile: "abb-terra-ac", watchdogMs: 60_000, reactionMs: 1000 };
  return { ...site, stations: site.stations.map((station) => ({ ...station, ...abb })) };
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
