import { advance, type World } from "#drivers/simulator/world/world.ts";
import { planSite } from "../../allocation/plan.ts";
import { createCycle, type CyclePorts, type CycleRecord } from "../../loop/cycle.ts";
import { createPoller } from "../../loop/poll.ts";
import { createProcessImage, type ProcessImage } from "../../loop/process-image.ts";
import { createWriter } from "../../loop/write.ts";
import type { MeterDriver, StationDriver } from "../../model/ports.ts";
import type { Site } from "../../model/site.ts";
import { instant, type Clock } from "../../model/time.ts";

/** The product's own loop over a simulated world whose time passes only here. */
export type VirtualLoop<Ports extends VirtualPorts = VirtualPorts> = {
  readonly ports: Ports;
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

/** What the loop has to do with: the devices of a world, what is known of its vehicles, and the limits. */
export type VirtualPorts = Pick<CyclePorts, "sessions" | "limitsAt"> & {
  readonly stations: readonly StationDriver[];
  readonly meters: readonly MeterDriver[];
};

/** Wires the loop of a site to ports on the world's own time. */
export const openVirtualLoop = <Ports extends VirtualPorts>(
  site: Site,
  world: World,
  portsOn: (clock: Clock) => Ports,
): VirtualLoop<Ports> => {
  const { clock, wake } = virtualClock(world);
  const ports = portsOn(clock);
  const { stations, meters, sessions, limitsAt } = ports;
  const image = createProcessImage(site);
  const poller = createPoller({ stations, meters, inverters: [], image, clock, onMeterSample: () => undefined });
  const stationById = new Map(stations.map((driver) => [driver.station, driver]));
  const writer = createWriter({ site, stations: stationById, image, clock });
  const cycle = createCycle({ plan: planSite(site), image, poller, sessions, writer, clock, limitsAt });
  let last: CycleRecord | null = null;
  return {
    ports,
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
