import type { CircuitState } from "../allocation/allocate.ts";
import { aloneA } from "../allocation/explanation/alone.ts";
import { shadowPrices } from "../allocation/explanation/shadow-price.ts";
import type { Observed } from "../allocation/observation/accounted.ts";
import { isExpired, type LimitSource } from "../model/limit.ts";
import type { Need } from "../model/need.ts";
import { mapPhases, PHASES } from "../model/phase.ts";
import { reserveAsked } from "../model/reserve-rule.ts";
import type { Setpoint } from "../model/setpoint.ts";
import type { Circuit, Inverter, Site } from "../model/site.ts";
import { elapsedMs, type Clock, type Instant } from "../model/time.ts";
import type { LiveCircuit, LiveEvse, LiveFrame, LiveInverter } from "../protocol/live-frame.ts";
import type { CycleRecord } from "./cycle.ts";
import { findFaults } from "./faults.ts";
import type { RunningLimits } from "./limits/running-limits.ts";
import type { WaitedBook } from "./waited-book.ts";

/** How proven the fallback of a circuit is (R6). */
export type FallbackState = LiveCircuit["fallback"];

/** What the frame needs beside the record. */
export type FramePorts = {
  readonly site: Site;
  readonly clock: Clock;
  readonly limits: Pick<RunningLimits, "schedules" | "gridOperator">;
  readonly fallbackOf: (circuit: string, record: CycleRecord) => FallbackState;
  readonly waited: Pick<WaitedBook, "of">;
};

/** The view of one cycle that page, API and topics show. */
export const toLiveFrame = (
  record: CycleRecord,
  { site, clock, limits, fallbackOf, waited }: FramePorts,
): LiveFrame => ({
  cycle: record.cycle,
  at: isoAt(clock, record.snapshot.at),
  cycleMs: site.cycleMs,
  lateMs: Math.max(0, elapsedMs(record.dueAt, record.startedAt)),
  site: {
    id: site.id,
    name: site.name,
    timezone: site.timezone,
    strategy: record.snapshot.strategy,
    isEmergencyStopped: record.snapshot.isEmergencyStopped,
    isOnGenerator: record.snapshot.isOnGenerator,
  },
  circuits: liveCircuits(record, { site, clock, limits, fallbackOf, waited }),
  evses: record.allocation.observed.flatMap((observed, index) => {
    const setpoint = record.allocation.setpoints[index];
    return setpoint === undefined ? [] : [liveEvse(observed, setpoint, { record, clock })];
  }),
  stations: site.stations.map(({ id, name, profile }) => {
    const contact = record.snapshot.contacts.get(id);
    return {
      id,
      name,
      profile,
      isReachable: contact?.isReachable === true,
      isFailsafeProven: contact?.isFailsafeProven === true,
    };
  }),
  inverters: site.inverters.map((inverter) => liveInverter(inverter, record)),
  faults: findFaults(site, record),
  schedules: limits.schedules(),
  gridOperator: limits.gridOperator(),
});

/** Wall time of an instant, on whole steps: two readings of the clocks differ a little each time. */
const isoAt = (clock: Clock, at: Instant, stepMs = 1): string =>
  new Date(Math.round((clock.wallMs() + elapsedMs(clock.now(), at)) / stepMs) * stepMs).toISOString();

const SECOND_MS = 1000;

const liveCircuits = (record: CycleRecord, { site, clock, fallbackOf, waited }: FramePorts): LiveFrame["circuits"] => {
  const { circuits, division } = record.allocation;
  const pricesW = shadowPrices(division.grants, division.divisibleA);
  return site.circuits.flatMap((circuit, index) => {
    const state = circuits[index];
    if (state === undefined) return [];
    const shown = liveCircuit({ circuit, state, record, clock }, fallbackOf(circuit.id, record));
    const shadowPriceW = mapPhases((i) => Math.round(pricesW[index * 3 + i] ?? 0));
    const days = waited.of(circuit.id).map(({ day, phasesWh, powerWh }) => ({ day, phasesWh, powerWh }));
    return [{ ...shown, shadowPriceW, waited: days }];
  });
};

type CircuitScene = {
  readonly circuit: Circuit;
  readonly state: CircuitState;
  readonly record: CycleRecord;
  readonly clock: Clock;
};

const liveCircuit = (
  { circuit, state, record, clock }: CircuitScene,
  fallback: FallbackState,
): Omit<LiveCircuit, "shadowPriceW" | "waited"> => {
  const tightest = PHASES.reduce(
    (best, _, i) => ((state.limit.limitA[i] ?? 0) < (state.limit.limitA[best] ?? 0) ? i : best),
    0,
  );
  const limitSource = state.limit.source[tightest] ?? "sealed";
  return {
    id: circuit.id,
    name: circuit.name,
    parent: circuit.parent,
    sealedA: circuit.sealedA,
    sealedPowerW: circuit.sealedPowerW,
    limitA: state.limit.limitA,
    limitSource,
    powerW: state.limit.powerW,
    powerSource: state.limit.powerSource,
    evPowerW: state.limit.evPowerW,
    evPowerSource: state.limit.evPowerSource,
    leaseEndsAt: leaseEnd(circuit.id, limitSource, record, clock),
    reserveA: circuit.reserveA,
    reserveAskedA: state.building.stepA === null ? null : reserveAsked(circuit.sealedA, state.building.stepA),
    buildingA: state.building.loadA,
    accountedA: state.accountedA,
    drawnA: state.drawnA,
    headroomA: state.headroomA,
    meter: liveMeter(circuit, state),
    fallback,
  };
};

const liveMeter = (circuit: Circuit, { building }: CircuitState): LiveCircuit["meter"] => {
  if (circuit.meter === null || building.meterState === null) return null;
  return {
    id: circuit.meter,
    ageMs: building.meterAgeMs,
    state: building.meterState === "frozen" ? "lost" : building.meterState,
  };
};

const leaseEnd = (circuit: string, source: LimitSource, { snapshot }: CycleRecord, clock: Clock): string | null => {
  const lease = snapshot.limits.find(
    (limit) => limit.circuit === circuit && limit.source === source && !isExpired(limit, snapshot.at),
  )?.lease;
  return lease === undefined || lease === null ? null : isoAt(clock, lease.expiresAt, SECOND_MS);
};

type EvseScene = Pick<CircuitScene, "record" | "clock">;

const liveEvse = (observed: Observed, setpoint: Setpoint, { record, clock }: EvseScene): LiveEvse => {
  const { planned, reading, isReachable, drawnA } = observed;
  const { id, station, number, circuit, phases, priority } = planned.evse;
  const { needs, boosts } = record.snapshot;
  const fresh = isReachable ? reading : null;
  return {
    id,
    station,
    number,
    circuit,
    phases,
    priority,
    isReachable,
    drawnA,
    state: fresh?.state ?? null,
    setpointA: setpoint.currentA,
    aloneA: aloneA(observed, record.allocation.division.emptyA),
    offeredA: fresh?.offeredA ?? null,
    powerW: fresh?.powerW ?? null,
    energyWh: reading?.energyWh ?? null,
    reason: setpoint.reason,
    need: liveNeed(needs.get(id), clock),
    boostEndsAt: endOf(boosts.get(id), clock),
  };
};

const liveNeed = (need: Need | undefined, clock: Clock): LiveEvse["need"] =>
  need === undefined
    ? null
    : {
        departsAt: endOf(need.departsAt, clock),
        energyWh: need.energyWh === null ? null : Math.round(need.energyWh),
        isEstimated: need.isEstimated,
      };

/** To the second: read one after the other, the two clocks are never apart by exactly the same. */
const endOf = (at: Instant | null | undefined, clock: Clock): string | null =>
  at === null || at === undefined
    ? null
    : new Date(Math.round((clock.wallMs() + elapsedMs(clock.now(), at)) / 1000) * 1000).toISOString();

/** An inverter that has said nothing for this long is not shown as if it had, ms. */
const INVERTER_SILENT_MS = 15_000;
const SAYS_NOTHING = { pvPowerW: null, batteryPowerW: null, batterySocPct: null, currentA: null };

const liveInverter = ({ id, name, circuit }: Inverter, { snapshot }: CycleRecord): LiveInverter => {
  const reading = snapshot.inverters.get(id);
  const isReachable = reading !== undefined && elapsedMs(reading.sampledAt, snapshot.at) <= INVERTER_SILENT_MS;
  const { pvPowerW, batteryPowerW, batterySocPct, currentA } = isReachable ? reading : SAYS_NOTHING;
  return { id, name, circuit, isReachable, pvPowerW, batteryPowerW, batterySocPct, currentA };
};
