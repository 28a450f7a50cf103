import { advance, type World } from "#drivers/simulator/world/world.ts";
import { planSite } from "../../allocation/plan.ts";
import { STRATEGIES } from "../../allocation/strategies/register.ts";
import { createCycle, type CycleRecord } from "../../loop/cycle.ts";
import { createPoller } from "../../loop/poll.ts";
import { createProcessImage, type ProcessImage } from "../../loop/process-image.ts";
import { createWriter } from "../../loop/write.ts";
import type { MeterDriver, StationDriver } from "../../model/ports.ts";
import type { Site } from "../../model/site.ts";
import { instant, type Clock } from "../../model/time.ts";

/** The product's own loop over a simulated world whose time passes only here. */
export type VirtualLoop = {
  readonly image: ProcessImage;
  /** The newest cycle. */
  readonly last: () => CycleRecord | null;
  /** Every cycle until a point in the world's time. */
  run(untilMs: number, look?: Look): Promise<void>;
};

/** What is called around each cycle: before it polls, and once what it wrote has arrived. */
export type Look = {
  readonly before?: (nowMs: number) => void;
  readonly after?: (record: CycleRecord) => void;
};

/** The devices of a world. */
export type VirtualDevices = { readonly stations: readonly StationDriver[]; readonly meters: readonly MeterDriver[] };

/** Wires the loop of a site to the devices of a world. */
export const openVirtualLoop = (site: Site, world: World, devicesOn: (clock: Clock) => VirtualDevices): VirtualLoop => {
  const { clock, wake } = virtualClock(world);
  const { stations, meters } = devicesOn(clock);
  const image = createProcessImage(site);
  const poller = createPoller({ stations, meters, image, clock, onMeterSample: () => undefined });
  const stationById = new Map(stations.map((driver) => [driver.station, driver]));
  const writer = createWriter({ site, stations: stationById, image, clock });
  const strategy = STRATEGIES[site.strategy];
  const cycle = createCycle({ plan: planSite(site), strategy, image, poller, writer, clock });
  let last: CycleRecord | null = null;
  return {
    image,
    last: () => last,
    async run(untilMs, { before, after } = {}) {
      while (world.nowMs < untilMs) {
        before?.(world.nowMs);
        last = await cycle(clock.now(), allOthersDone());
        await allOthersDone();
        after?.(last);
        advance(world, Math.min(untilMs, world.nowMs + site.cycleMs));
        if (wake()) await allOthersDone();
      }
    },
  };
};

/** Resolves once nobody can go on without time passing. */
const allOthersDone = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const virtualClock = (world: World): { readonly clock: Clock; readonly wake: () => boolean } => {
  const sleepers = new Set<{ readonly untilMs: number; readonly resolve: () => void }>();
  const clock: Clock = {
    now: () => instant(world.nowMs),
    wallMs: () => world.nowMs,
    sleep: (ms) => new Promise((resolve) => void sleepers.add({ untilMs: world.nowMs + ms, resolve })),
  };
  const wake = (): boolean => {
    const due = [...sleepers].filter(({ untilMs }) => untilMs <= world.nowMs);
    for (const sleeper of due) {
      sleepers.delete(sleeper);
      sleeper.resolve();
    }
    return due.length > 0;
  };
  return { clock, wake };
};
