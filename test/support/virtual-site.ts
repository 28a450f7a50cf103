import { planSite } from "#controller/allocation/plan.ts";
import { createCycle, type CycleRecord } from "#controller/loop/cycle.ts";
import { createPoller } from "#controller/loop/poll.ts";
import { createProcessImage, type ProcessImage } from "#controller/loop/process-image.ts";
import { createSessions, NO_SESSIONS, type Sessions, type StoredSessions } from "#controller/loop/sessions/sessions.ts";
import { createWriter } from "#controller/loop/write.ts";
import { fault } from "#controller/model/fault.ts";
import { type PhaseVector, ZERO } from "#controller/model/phase.ts";
import type { MeterDriver, StationDriver } from "#controller/model/ports.ts";
import type { EvseReading } from "#controller/model/reading.ts";
import { failed, ok } from "#controller/model/result.ts";
import type { Meter, Site } from "#controller/model/site.ts";
import type { StrategyName } from "#controller/model/strategy-name.ts";
import { instant, type Clock } from "#controller/model/time.ts";
import { type CarHabits, type Day, worldInputs } from "#drivers/simulator/world/day-file.ts";
import { createRandom } from "#drivers/simulator/world/random.ts";
import { isUp, limitInForceA, terminalCurrents, vehicleState } from "#drivers/simulator/world/station.ts";
import { advance, createWorld, hearTraffic, order, shownCurrents, type World } from "#drivers/simulator/world/world.ts";

/** The real loop over a simulated world on the virtual clock, without sockets. */
export type VirtualSite = {
  readonly site: Site;
  readonly world: World;
  readonly image: ProcessImage;
  readonly sessions: Sessions;
  /** What was kept of sessions for a restart. */
  readonly keptSessions: () => StoredSessions;
  /** What meters are made to do; null: they work. */
  readonly meterFaults: Map<
    string,
    (currentA: PhaseVector) => readonly [number | null, number | null, number | null] | "silent"
  >;
  /** Every cycle until a point in time, one call per cycle before it runs. */
  run(untilMs: number, before?: (nowMs: number) => void): Promise<void>;
  readonly last: () => CycleRecord | null;
  readonly writes: () => number;
};

/** What can be chosen. */
export type VirtualOptions = {
  readonly startMs?: number;
  readonly cycleMs?: number;
  readonly habits?: CarHabits;
  readonly reserveA?: number;
  readonly failsafeA?: number;
  readonly strategy?: StrategyName;
  /** What an earlier run kept. */
  readonly sessions?: StoredSessions;
  /** How long a station takes to pass a limit on to its vehicle. */
  readonly holdOffMs?: number;
  readonly onRecord?: (record: CycleRecord) => void;
};

/** Opens a day as a virtual site: every circuit with a building load has a meter. */
export const openVirtualSite = (day: Day, options: VirtualOptions = {}): VirtualSite => {
  const startMs = options.startMs ?? 0;
  const inputs = worldInputs(day, options.habits);
  const site = siteOf(day, options);
  const world = createWorld(
    { ...inputs.site, evses: inputs.site.evses.map((evse) => asBuilt(evse, options)) },
    inputs.sessions,
    inputs.building,
    startMs,
  );
  const sleepers = new Set<{ readonly untilMs: number; readonly resolve: () => void }>();
  const clock: Clock = {
    now: () => instant(world.nowMs),
    wallMs: () => world.nowMs,
    sleep: (ms) => new Promise((resolve) => void sleepers.add({ untilMs: world.nowMs + ms, resolve })),
  };
  const image = createProcessImage(site);
  const meterFaults: VirtualSite["meterFaults"] = new Map();
  let writes = 0;
  const stations = site.stations.map(({ id }) => memoryStation(world, id, clock, () => (writes += 1)));
  const meters = site.meters.map((meter) => memoryMeter(world, meter, meterFaults));
  const poller = createPoller({ stations, meters, image, clock, onMeterSample: () => undefined });
  const writer = createWriter({
    site,
    stations: new Map(stations.map((driver) => [driver.station, driver])),
    image,
    clock,
  });
  let kept = options.sessions ?? NO_SESSIONS;
  const sessions = createSessions({
    site,
    clock,
    stored: kept,
    save: async (next) => {
      kept = next;
    },
  });
  const cycle = createCycle({ plan: planSite(site), image, poller, sessions, writer, clock });
  let last: CycleRecord | null = null;
  return {
    site,
    world,
    image,
    sessions,
    keptSessions: () => kept,
    meterFaults,
    last: () => last,
    writes: () => writes,
    async run(untilMs, before) {
      while (world.nowMs < untilMs) {
        before?.(world.nowMs);
        last = await cycle(clock.now(), allOthersDone());
        options.onRecord?.(last);
        await allOthersDone();
        advance(world, Math.min(untilMs, world.nowMs + site.cycleMs));
        for (const sleeper of sleepers) {
          if (sleeper.untilMs > world.nowMs) continue;
          sleepers.delete(sleeper);
          sleeper.resolve();
        }
        await allOthersDone();
      }
    },
  };
};

const allOthersDone = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type WorldEvse = ReturnType<typeof worldInputs>["site"]["evses"][number];

const WATCHDOG_MS = 10_000;

const asBuilt = (evse: WorldEvse, { failsafeA, holdOffMs = evse.holdOffMs }: VirtualOptions): WorldEvse =>
  failsafeA === undefined
    ? { ...evse, holdOffMs }
    : {
        ...evse,
        holdOffMs,
        watchdog: { fedBy: "any-request", timeoutMs: WATCHDOG_MS, failsafeA, isArmedAtPowerOn: true },
      };

const siteOf = (
  day: Day,
  { cycleMs = 1000, reserveA = 0, failsafeA, strategy = "equal-share" }: VirtualOptions,
): Site => ({
  id: day.id,
  name: day.id,
  timezone: "UTC",
  nominalVoltageV: day.nominalVoltageV,
  cycleMs,
  exportCreditA: 1e6,
  strategy,
  guaranteeMinimums: false,
  circuits: parentsFirst(day).map(({ id, parent, limitA }) => ({
    id,
    name: id,
    parent,
    sealedA: [limitA.L1, limitA.L2, limitA.L3],
    reserveA,
    maxImbalanceA: null,
    meter: day.baseLoadA[id] === undefined ? null : `meter-${id}`,
    fallbackLoadA: peakOf(day, id),
    worstLoadA: ZERO,
    otherLoadA: ZERO,
  })),
  stations: day.site.stations.map(({ id }) => ({
    id,
    name: id,
    profile: "memory",
    watchdogMs: failsafeA === undefined ? null : WATCHDOG_MS,
    reactionMs: 5000,
    measuresCurrent: true,
  })),
  evses: day.site.stations.map(({ id, circuit, phases, minA, maxA, stepA }) => ({
    id: `${id}/1`,
    station: id,
    number: 1,
    circuit,
    phases,
    minA,
    maxA,
    stepA,
    priority: 0,
    weight: 1,
    failsafeA: failsafeA ?? null,
    powerOnA: 0,
  })),
  meters: Object.keys(day.baseLoadA).map((circuit) => ({
    id: `meter-${circuit}`,
    measures: "all",
    circuit,
    intervalMs: 1000,
  })),
});

const parentsFirst = (day: Day): Day["site"]["circuits"] => {
  const { circuits } = day.site;
  const sorted = circuits.filter(({ parent }) => parent === null);
  for (const circuit of sorted) sorted.push(...circuits.filter(({ parent }) => parent === circuit.id));
  return sorted;
};

const peakOf = (day: Day, circuit: string): PhaseVector => {
  const loads = day.baseLoadA[circuit];
  return loads === undefined ? ZERO : [Math.max(...loads.L1), Math.max(...loads.L2), Math.max(...loads.L3)];
};

const memoryStation = (world: World, id: string, clock: Clock, onWrite: () => void): StationDriver => {
  const evse = world.evseById.get(`${id}/1`);
  const station = world.stations.get(id);
  if (evse === undefined || station === undefined) throw new Error(`no station ${id}`);
  const isSilent = (): boolean => station.faults.silence || !isUp(station, world.nowMs);
  const silent = failed(fault("timeout", id, "no answer"));
  const random = createRandom(1);
  const isAnswerLost = (): boolean => random() < station.faults.lostFraction;
  const reading = (): EvseReading => ({
    evse: `${id}/1`,
    sampledAt: instant(world.nowMs),
    state: vehicleState(evse),
    terminalA: terminalCurrents(evse),
    offeredA: limitInForceA(evse),
    powerW: null,
    energyWh: null,
    failsafeA: evse.failsafeA,
    failsafeTimeoutMs: evse.timeoutMs,
  });
  return {
    station: id,
    async poll() {
      if (isSilent()) return silent;
      hearTraffic(world, evse, "read");
      const answer = isAnswerLost() ? silent : ok([reading()]);
      if (station.faults.delayMs > 0) await clock.sleep(station.faults.delayMs);
      return answer;
    },
    async write(_number, currentA) {
      if (isSilent()) return silent;
      onWrite();
      hearTraffic(world, evse, "setpoint");
      order(world, evse, { setA: currentA, isEnabled: currentA > 0 });
      return isAnswerLost() ? silent : ok(null);
    },
    isFailsafeProven: () => evse.isArmed,
    close: async () => undefined,
  };
};

const memoryMeter = (world: World, meter: Meter, faults: VirtualSite["meterFaults"]): MeterDriver => ({
  meter: meter.id,
  async poll() {
    const trueA = shownCurrents(world, meter.circuit, meter.measures);
    const seen = faults.get(meter.id)?.(trueA) ?? trueA;
    if (seen === "silent") return failed(fault("timeout", meter.id, "no answer"));
    return ok({ meter: meter.id, sampledAt: instant(world.nowMs), currentA: seen, voltageV: null, powerW: null });
  },
  onSample: () => undefined,
  close: async () => undefined,
});

/** A small site of one circuit: EVSEs with a car each that arrive at 0 and want all they can get. */
export const smallDay = (
  cars: readonly { phases: 1 | 2 | 3; maxA: number }[],
  limitA: number,
  buildingA: number,
): Day => ({
  format: "alloc-day/1",
  id: "small",
  periodS: 3600,
  periods: 24,
  nominalVoltageV: 230,
  site: {
    circuits: [{ id: "grid", parent: null, limitA: { L1: limitA, L2: limitA, L3: limitA } }],
    stations: cars.map((_, i) => ({
      id: `s${i}`,
      circuit: "grid",
      phases: ["L1", "L2", "L3"],
      minA: 6,
      maxA: 32,
      stepA: 1,
    })),
  },
  baseLoadA: { grid: perPhase(Array.from({ length: 24 }, () => buildingA)) },
  sessions: cars.map(({ phases, maxA }, i) => ({
    id: `session-${i}`,
    station: `s${i}`,
    arrivalPeriod: 0,
    departurePeriod: 24,
    estimatedDeparturePeriod: 24,
    claimed: true,
    requestedWh: 1e6,
    phases,
    maxA,
    wattsPerAmp: 230 * phases,
    priority: 0,
    seq: i,
  })),
});

const perPhase = (loads: readonly number[]) => ({ L1: loads, L2: loads, L3: loads });
