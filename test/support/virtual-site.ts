import { openVirtualLoop, type VirtualLoop } from "#controller/apps/simulation/virtual-loop.ts";
import { virtualSite } from "#controller/apps/simulation/virtual-site.ts";
import type { CycleRecord } from "#controller/loop/cycle.ts";
import {
  createRunningLimits,
  type RunningLimits,
  type RunningLimitsPorts,
} from "#controller/loop/limits/running-limits.ts";
import { createSessions, NO_SESSIONS, type Sessions, type StoredSessions } from "#controller/loop/sessions/sessions.ts";
import { fault } from "#controller/model/fault.ts";
import type { PhaseVector } from "#controller/model/phase.ts";
import type { MeterDriver, StationDriver } from "#controller/model/ports.ts";
import { failed } from "#controller/model/result.ts";
import type { Site } from "#controller/model/site.ts";
import type { Snapshot } from "#controller/model/snapshot.ts";
import type { StrategyName } from "#controller/model/strategy.ts";
import type { Clock } from "#controller/model/time.ts";
import { openWorldMeter, openWorldStation } from "#drivers/simulator/world-drivers.ts";
import { type CarHabits, type Day, worldInputs } from "#drivers/simulator/world/day-file.ts";
import { createWorld, type World } from "#drivers/simulator/world/world.ts";

/** The real loop over a simulated world on the virtual clock, without sockets. */
export type VirtualSite = Pick<VirtualLoop, "image" | "last"> & {
  readonly site: Site;
  readonly world: World;
  readonly limits: RunningLimits;
  readonly sessions: Sessions;
  /** What was kept of sessions for a restart. */
  readonly keptSessions: () => StoredSessions;
  readonly meterFaults: MeterFaults;
  /** Every cycle until a point in time, one call per cycle before it runs. */
  run(untilMs: number, before?: (nowMs: number) => void): Promise<void>;
  readonly writes: () => number;
};

/** What meters are made to do by their id; one that is not named works. */
type MeterFaults = Map<
  string,
  (currentA: PhaseVector) => readonly [number | null, number | null, number | null] | "silent"
>;

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
  /** The limit of every circuit on the generator, A per phase. */
  readonly generatorA?: PhaseVector | null;
  /** What the site file says beside the day. */
  readonly site?: Partial<Pick<Site, "exportCreditA" | "strategySettings">>;
  /** What people and clouds said beside the readings. */
  readonly amend?: (snapshot: Snapshot) => Snapshot;
  readonly gridOperator?: RunningLimitsPorts["gridOperator"];
  readonly demand?: RunningLimitsPorts["demand"];
  /** Wall time when the world's is 0. */
  readonly epochWallMs?: number;
  readonly onRecord?: (record: CycleRecord) => void;
};

/** Opens a day as a virtual site: every circuit with a building load has a meter. */
export const openVirtualSite = (day: Day, options: VirtualOptions = {}): VirtualSite => {
  const { startMs = 0, onRecord = () => undefined, amend = (snapshot) => snapshot } = options;
  const inputs = worldInputs(day, options.habits);
  const site = siteOf(day, options);
  const evses = inputs.site.evses.map((evse) => asBuilt(evse, options));
  const world = createWorld({ ...inputs.site, evses }, inputs.sessions, inputs.building, startMs);
  const meterFaults: MeterFaults = new Map();
  let writes = 0;
  let kept = options.sessions ?? NO_SESSIONS;
  const save = async (next: StoredSessions): Promise<void> => {
    kept = next;
  };
  const loop = openVirtualLoop(site, world, (clock) => ({
    sessions: amended(createSessions({ site, clock, stored: kept, save }), amend),
    ...limitsOn({ ...clock, wallMs: () => (options.epochWallMs ?? 0) + clock.wallMs() }, site, options),
    stations: site.stations.map(({ id }) => counted(openWorldStation(world, id, clock), () => (writes += 1))),
    meters: site.meters.map((meter) => breakable(openWorldMeter(world, meter), meterFaults)),
  }));
  return {
    ...loop,
    site,
    world,
    sessions: loop.ports.sessions,
    limits: loop.ports.limits,
    keptSessions: () => kept,
    meterFaults,
    writes: () => writes,
    run: (untilMs, before = () => undefined) => loop.run(untilMs, { before, after: onRecord }),
  };
};

const amended = (sessions: Sessions, amend: (snapshot: Snapshot) => Snapshot): Sessions => ({
  ...sessions,
  follow: (snapshot) => amend(sessions.follow(snapshot)),
});

const limitsOn = (clock: Clock, site: Site, { gridOperator = null, demand = null }: VirtualOptions) => {
  const kept = { limits: [], schedules: [], gridOperator: null };
  const limits = createRunningLimits({ site, clock, gridOperator, demand, kept });
  return { limits, limitsAt: (seen: Snapshot, buildingA: PhaseVector | null) => limits.at(seen, buildingA) };
};

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
  { cycleMs = 1000, reserveA = 0, failsafeA, strategy = "equal-share", site: said, generatorA = null }: VirtualOptions,
): Site => {
  const site = virtualSite(day, { strategy, cycleMs });
  const watchdogMs = failsafeA === undefined ? null : WATCHDOG_MS;
  return {
    ...site,
    ...said,
    circuits: site.circuits.map((circuit) => ({ ...circuit, reserveA, generatorA })),
    stations: site.stations.map((station) => ({ ...station, watchdogMs })),
    evses: site.evses.map((evse) => ({ ...evse, failsafeA: failsafeA ?? null })),
  };
};

/** Counts the writes to a station. */
const counted = (driver: StationDriver, onWrite: () => void): StationDriver => ({
  ...driver,
  write: (number, currentA) => {
    onWrite();
    return driver.write(number, currentA);
  },
});

const breakable = (driver: MeterDriver, faults: MeterFaults): MeterDriver => ({
  ...driver,
  async poll() {
    const result = await driver.poll();
    if (!result.ok) return result;
    const { currentA } = result.value;
    const [L1, L2, L3] = currentA;
    const seen = faults.get(driver.meter)?.([L1 ?? 0, L2 ?? 0, L3 ?? 0]) ?? currentA;
    if (seen === "silent") return failed(fault("timeout", driver.meter, "no answer"));
    return { ok: true, value: { ...result.value, currentA: seen } };
  },
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
