import { createClock } from "#controller/apps/clocks.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { createCycle } from "#controller/loop/cycle.ts";
import { createOverloadWatch } from "#controller/loop/overload.ts";
import { createPoller } from "#controller/loop/poll.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { createSessions, NO_SESSIONS } from "#controller/loop/sessions/sessions.ts";
import { createTicker } from "#controller/loop/ticker.ts";
import { createWriter } from "#controller/loop/write.ts";
import type { StationDriver } from "#controller/model/ports.ts";
import type { Site } from "#controller/model/site.ts";
import type { Clock } from "#controller/model/time.ts";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { openDrivers, type Drivers } from "#drivers/registry.ts";
import { openDevices } from "./device-process.ts";
import { countReductions, METER, overloadSite, STATION_MAX_A, type Reductions } from "./overload-site.ts";
import { percentile } from "./percentile.ts";
import { createPushedMeter, type PushedMeter } from "./pushed-meter.ts";

const STATIONS = 200;
const REPETITIONS = 30;
/** After a sample, for the last reduction, and before the next one, for the stations to be read again. */
const SETTLING_MS = 1_100;
const REST_MS = 400;
/** Spreads the samples over the cycle: coprime to its length in steps. */
const PHASE_STEP_MS = 137;
/** A sample newer than the stations' readings shows what was just raised as building load. */
const AFTER_START_MS = 3_000;
const LONGEST_START_MS = 15_000;

/** An ABB Terra AC with a car that charges at what it is told. */
const REGISTERS = {
  first: { 16397: 0x0400 },
  mirrors: { 16399: 16641, 16401: 16641, 16403: 16641, 16405: 16641, 16416: 16646, 16420: 16649 },
};

/** Times the way from a meter's sample that shows an overload to the last acknowledged reduction, over the real loop and sockets. */
export const benchOverload = async (): Promise<void> => {
  const clock = createClock();
  const devices = await openDevices(STATIONS, REGISTERS);
  const site = overloadSite(STATIONS);
  const drivers = openDrivers({
    stations: site.stations.map((station, i) => ({
      station,
      evses: site.evses.filter((evse) => evse.station === station.id),
      device: {
        profile: "abb-terra-ac",
        transport: "modbus-tcp",
        host: "127.0.0.1",
        port: devices.ports[i],
        unitId: 1,
      },
    })),
    meters: [],
    inverters: [],
    profiles: loadProfiles(),
    clock,
  });
  const stopping = new AbortController();
  const reductions = countReductions(drivers.stations, clock);
  const meter = createPushedMeter(METER, clock, () => reductions.totalA());
  const running = runLoop(site, { stations: reductions.stations, meter, clock, signal: stopping.signal });
  try {
    await measure(meter, reductions, clock);
  } finally {
    stopping.abort();
    await running;
    await closeAll(drivers, devices);
  }
};

type Loop = {
  readonly stations: ReadonlyMap<string, StationDriver>;
  readonly meter: PushedMeter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** The loop as the control process wires it. */
const runLoop = async (site: Site, { stations, meter, clock, signal }: Loop): Promise<void> => {
  const image = createProcessImage(site);
  const overload = createOverloadWatch(site, image);
  const poller = createPoller({
    stations: [...stations.values()],
    meters: [meter.driver],
    inverters: [],
    image,
    clock,
    onMeterSample: (reading) => {
      if (overload(reading)) ticker.wake();
    },
  });
  const writer = createWriter({ site, stations, image, clock });
  const sessions = createSessions({ site, clock, stored: NO_SESSIONS, save: async () => undefined });
  const cycle = createCycle({
    plan: planSite(site),
    image,
    poller,
    sessions,
    writer,
    clock,
    limitsAt: ({ limits }) => limits,
  });
  const ticker = createTicker({
    clock,
    cycleMs: site.cycleMs,
    cycle,
    onRecord: () => undefined,
    onError: (error) => void process.stderr.write(`${String(error)}\n`),
  });
  await ticker.run(signal);
};

/** Each repetition adds one ampere a station to the building, so none has to wait until currents may rise again. */
const measure = async (meter: PushedMeter, reductions: Reductions, clock: Clock): Promise<void> => {
  const fullA = STATIONS * STATION_MAX_A;
  const startedAt = clock.now();
  while (reductions.totalA() < fullA && clock.now() - startedAt < LONGEST_START_MS) await clock.sleep(100);
  await clock.sleep(AFTER_START_MS);
  const startA = reductions.totalA();
  const timesMs: number[] = [];
  const counts: number[] = [];
  for (let i = 1; i <= REPETITIONS; i++) {
    await clock.sleep(REST_MS + ((i * PHASE_STEP_MS) % 1000));
    reductions.reset();
    const arrivedAt = clock.now();
    meter.push(fullA - startA + i * STATIONS);
    await clock.sleep(SETTLING_MS);
    const { count, lastAt } = reductions.seen();
    counts.push(count);
    if (lastAt !== null) timesMs.push(lastAt - arrivedAt);
  }
  const figures = [0, 0.5, 0.99].map((share) => `${percentile(timesMs, share).toFixed(1)} ms`);
  process.stdout.write(
    `overload ${STATIONS} stations, sample to last acknowledged reduction: min ${figures[0]}, p50 ${figures[1]}, ` +
      `p99 ${figures[2]}, ${timesMs.length} of ${REPETITIONS} repetitions, ` +
      `${Math.min(...counts)} to ${Math.max(...counts)} reductions each\n`,
  );
};

const closeAll = async (drivers: Drivers, devices: { close(): Promise<void> }): Promise<void> => {
  await drivers.close();
  await devices.close();
};
