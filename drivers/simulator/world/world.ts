import { mapPhases, type Phase, type PhaseVector } from "#controller/model/phase.ts";
import type { MeterScope } from "#controller/model/site.ts";
import {
  addBuildingStep,
  type Building,
  createBuilding,
  type BuildingTable,
  nextBuildingChangeMs,
} from "./building.ts";
import { type Fuse, createFuses, flow, type FuseReport, reportFuses, STEP_MS } from "./fuse.ts";
import { createVisits, type Session, type SessionOutcome, type Visits, visit, outcomesOf } from "./sessions.ts";
import {
  advanceEvse,
  createEvse,
  createStation,
  type Evse,
  type EvseSpec,
  feed,
  powerOn,
  type Station,
  type StationFaults,
  type Traffic,
} from "./station.ts";
import { createFlows, createTree, type Flows, sumBuilding, sumEvses, type Tree, type WorldCircuit } from "./tree.ts";

/** What a simulated site is made of. */
export type WorldSite = { readonly circuits: readonly WorldCircuit[]; readonly evses: readonly EvseSpec[] };

/** A simulated site at one instant of its own time. */
export type World = {
  nowMs: number;
  readonly tree: Tree;
  readonly flows: Flows;
  readonly fuses: readonly (readonly Fuse[])[];
  readonly building: Building;
  readonly stations: ReadonlyMap<string, Station>;
  readonly evses: readonly Evse[];
  readonly evseById: ReadonlyMap<string, Evse>;
  readonly visits: Visits;
  /** When each EVSE changes next by itself, ms. */
  readonly dueAtMs: Float64Array;
  buildingDueAtMs: number;
};

/** A limit, a release or a failsafe setting written to an EVSE. */
export type EvseOrder = {
  readonly setA?: number;
  readonly isEnabled?: boolean;
  readonly failsafeA?: number;
  readonly timeoutMs?: number;
  readonly isArmed?: boolean;
};

const settleEvses = (world: World): boolean => {
  let hasChanged = false;
  for (const [index, evse] of world.evses.entries()) {
    if ((world.dueAtMs[index] ?? 0) > world.nowMs) continue;
    const station = world.stations.get(evse.spec.station);
    if (station === undefined) continue;
    const visitAtMs = visit(world.visits, evse, world.nowMs);
    world.dueAtMs[index] = Math.min(visitAtMs, advanceEvse(evse, station, world.nowMs));
    hasChanged = true;
  }
  return hasChanged;
};

/** Lets everything happen that is due now, without time passing. */
export const settle = (world: World): void => {
  if (world.nowMs >= world.buildingDueAtMs) {
    sumBuilding(world.tree, world.flows, world.building, world.nowMs);
    world.buildingDueAtMs = nextBuildingChangeMs(world.building, world.nowMs);
  }
  if (settleEvses(world)) sumEvses(world.tree, world.flows, world.evses);
};

/** A world at `startMs`: sessions that began before are plugged in, nothing has flowed yet. */
export const createWorld = (
  site: WorldSite,
  sessions: readonly Session[],
  table: BuildingTable,
  startMs = 0,
): World => {
  const tree = createTree(site.circuits);
  const evses = site.evses.map((spec) => createEvse(spec, startMs));
  const world: World = {
    nowMs: startMs,
    tree,
    flows: createFlows(tree),
    fuses: tree.circuits.map((circuit) => createFuses(circuit.limitA)),
    building: createBuilding(table),
    stations: new Map(site.evses.map((spec) => [spec.station, createStation(spec.station)])),
    evses,
    evseById: new Map(evses.map((evse) => [evse.spec.id, evse])),
    visits: createVisits(sessions),
    dueAtMs: new Float64Array(evses.length).fill(startMs),
    buildingDueAtMs: startMs,
  };
  settle(world);
  return world;
};

const flowThroughFuses = (world: World, steps: number): void => {
  for (const [circuit, fuses] of world.fuses.entries()) {
    for (const [phase, fuse] of fuses.entries()) {
      const cell = circuit * 3 + phase;
      flow(fuse, world.flows.buildingA[cell] ?? 0, world.flows.evA[cell] ?? 0, steps);
    }
  }
};

const quietSteps = (world: World): number => {
  let dueAtMs = world.buildingDueAtMs;
  for (const atMs of world.dueAtMs) if (atMs < dueAtMs) dueAtMs = atMs;
  return Math.max(1, Math.ceil((dueAtMs - world.nowMs) / STEP_MS));
};

/** Lets time pass in steps of 100 ms, up to the last step that ends by `toMs`; stretches in which nothing changes are one leap. */
export const advance = (world: World, toMs: number): void => {
  for (;;) {
    const stepsLeft = Math.floor((toMs - world.nowMs) / STEP_MS + 1e-9);
    if (stepsLeft <= 0) return;
    settle(world);
    const steps = Math.min(stepsLeft, quietSteps(world));
    flowThroughFuses(world, steps);
    world.nowMs += steps * STEP_MS;
  }
};

const wake = (world: World, evse: Evse): void => {
  world.dueAtMs[world.evses.indexOf(evse)] = world.nowMs;
};

/** Carries out what was written to an EVSE; it shows from the next step on. */
export const order = (world: World, evse: Evse, change: EvseOrder): void => {
  evse.setA = change.setA ?? evse.setA;
  evse.isEnabled = change.isEnabled ?? evse.isEnabled;
  evse.failsafeA = change.failsafeA ?? evse.failsafeA;
  evse.timeoutMs = change.timeoutMs ?? evse.timeoutMs;
  if (change.isArmed === true && !evse.isArmed) evse.fedAtMs = world.nowMs;
  evse.isArmed = change.isArmed ?? evse.isArmed;
  wake(world, evse);
};

/** Tells an EVSE's watchdog that it was spoken to. */
export const hearTraffic = (world: World, evse: Evse, traffic: Traffic): void => {
  if (feed(evse, traffic, world.nowMs)) wake(world, evse);
};

const evsesOf = (world: World, station: string): readonly Evse[] =>
  world.evses.filter((evse) => evse.spec.station === station);

/** Takes a station's power away for a while: it drops contact and comes back at its power-on current. */
export const reboot = (world: World, stationId: string, forMs: number): void => {
  const station = world.stations.get(stationId);
  if (station === undefined) return;
  station.bootedAtMs = world.nowMs + forMs;
  for (const evse of evsesOf(world, stationId)) {
    powerOn(evse, station.bootedAtMs);
    wake(world, evse);
  }
};

/** Breaks or mends a station; false: there is no such station. */
export const setFaults = (world: World, stationId: string, change: Partial<StationFaults>): boolean => {
  const station = world.stations.get(stationId);
  if (station === undefined) return false;
  Object.assign(station.faults, change);
  for (const evse of evsesOf(world, stationId)) wake(world, evse);
  return true;
};

/** Adds a building load to one phase of a circuit; false: there is no such circuit. */
export const stepBuilding = (world: World, circuit: string, phase: Phase, stepA: number): boolean => {
  if (!world.tree.indexById.has(circuit)) return false;
  addBuildingStep(world.building, circuit, phase, stepA);
  world.buildingDueAtMs = world.nowMs;
  return true;
};

/** What flows through a circuit, A per phase. */
export const trueCurrents = (world: World, circuit: string, scope: MeterScope): PhaseVector => {
  const index = world.tree.indexById.get(circuit);
  if (index === undefined) throw new Error(`no circuit ${circuit}`);
  return mapPhases((phase) => {
    const evA = scope === "building" ? 0 : (world.flows.evA[index * 3 + phase] ?? 0);
    return evA + (scope === "ev" ? 0 : (world.flows.buildingA[index * 3 + phase] ?? 0));
  });
};

const RIPPLE_A = 0.005;
const GOLDEN_RATIO = 0.618034;

/** What a real meter on a circuit shows, A per phase: its last digit never stands still, at most 5 mA below the truth. */
export const shownCurrents = (world: World, circuit: string, scope: MeterScope): PhaseVector => {
  const trueA = trueCurrents(world, circuit, scope);
  const rippleA = RIPPLE_A * ((world.nowMs * GOLDEN_RATIO) % 1);
  return mapPhases((phase) => (trueA[phase] === 0 ? 0 : trueA[phase] - rippleA));
};

/** What every fuse went through. */
export const fuseReports = (world: World): readonly FuseReport[] =>
  world.tree.circuits.flatMap((circuit, index) => reportFuses(circuit.id, world.fuses[index] ?? []));

/** What every session that has begun got so far. */
export const sessionOutcomes = (world: World): readonly SessionOutcome[] =>
  outcomesOf(world.visits, world.evses, world.nowMs);
