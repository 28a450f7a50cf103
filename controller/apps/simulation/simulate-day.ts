import { createDayTally, type DayReport } from "#drivers/simulator/tally/day.ts";
import { openWorldMeter, openWorldStation } from "#drivers/simulator/world-drivers.ts";
import { type Day, worldInputs } from "#drivers/simulator/world/day-file.ts";
import { createWorld, settle, type World } from "#drivers/simulator/world/world.ts";
import { type Need, UNKNOWN_NEED } from "../../model/need.ts";
import type { StrategyName } from "../../model/strategy.ts";
import { instant } from "../../model/time.ts";
import { openVirtualLoop } from "./virtual-loop.ts";
import { virtualSite } from "./virtual-site.ts";

/** What the loop is told of departures and energy: as they come, as drivers estimated the departure, or nothing. */
export type NeedsTold = "exact" | "estimated" | "none";

/** How a day is simulated. */
export type SimulationOptions = {
  readonly strategy: StrategyName;
  /** Must divide the period of the day. */
  readonly cycleS: number;
  readonly needs: NeedsTold;
  /** Called at every cycle with the time since the beginning of the day, ms. */
  readonly onProgress?: (nowMs: number) => void;
};

/**
 * Runs the product's own loop through a whole day on the virtual clock. Devices answer at once, vehicles follow at once, and meters show the load of a
 * period from its first instant, as the results in day files have it.
 */
export const simulateDay = async (day: Day, options: SimulationOptions): Promise<DayReport> => {
  const { strategy, cycleS, needs, onProgress } = options;
  const site = virtualSite(day, { strategy, cycleMs: cycleS * 1000 });
  const inputs = worldInputs(day);
  const world = createWorld(inputs.site, inputs.sessions, inputs.building);
  const needsNow = needsTold(day, world, needs);
  const loop = openVirtualLoop(site, world, (clock) => ({
    sessions: { follow: (snapshot) => ({ ...snapshot, needs: needsNow() }) },
    limitsAt: () => [],
    stations: site.stations.map(({ id }) => openWorldStation(world, id, clock)),
    meters: site.meters.map((meter) => openWorldMeter(world, meter)),
  }));
  const tally = createDayTally(day, world);
  await loop.run(day.periods * day.periodS * 1000, {
    before: (nowMs) => {
      tally.endStep();
      settle(world);
      onProgress?.(nowMs);
    },
    after: ({ allocation }) => {
      settle(world);
      tally.beginStep(allocation.setpoints, site.cycleMs);
    },
  });
  tally.endStep();
  return tally.report();
};

const needsTold = (day: Day, world: World, needs: NeedsTold): (() => ReadonlyMap<string, Need>) => {
  if (needs === "none") return () => new Map();
  const departsAt = new Map(
    day.sessions.map(({ id, departurePeriod, estimatedDeparturePeriod }) => {
      const period = needs === "exact" ? departurePeriod : estimatedDeparturePeriod;
      return [id, instant(period * day.periodS * 1000)];
    }),
  );
  return () =>
    new Map(
      [...world.visits.current].map(([evse, { session, car }]) => [
        evse,
        {
          ...UNKNOWN_NEED,
          departsAt: departsAt.get(session.id) ?? null,
          energyWh: Math.max(0, car.model.energyWantedWh - car.deliveredWh),
        },
      ]),
    );
};
