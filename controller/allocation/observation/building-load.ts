import { addPhases, allPhases, mapPhases, maxPhases, ZERO, type PhaseVector } from "../../model/phase.ts";
import type { MeterReading } from "../../model/reading.ts";
import type { Circuit, Meter } from "../../model/site.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { elapsedMs, type Instant } from "../../model/time.ts";
import type { Observed } from "./accounted.ts";
import { NO_LOADS, peakLoad, type CircuitMemory, type Memory, type MeterMemory } from "../memory.ts";
import { isBehind, type Plan } from "../plan.ts";
import {
  ALIGNMENT_MS,
  LOAD_MEMORY_MS,
  METER_FROZEN_MS,
  METER_LOST_AT_MOST_MS,
  METER_LOST_MS,
  METER_MUST_FOLLOW,
  METER_OLD_MS,
  UNCERTAINTY_A_PER_S,
} from "../timing.ts";

/** How much a meter's newest reading is worth (R4). */
export type MeterState = "fresh" | "old" | "frozen" | "lost";

/** What everything but our EVSEs draws behind one circuit, A per phase. */
export type BuildingLoad = {
  /** Now. */
  readonly loadA: PhaseVector;
  /** The largest of the last seconds: what a division respects. */
  readonly peakA: PhaseVector;
  readonly meterState: MeterState | null;
  readonly meterAgeMs: number | null;
};

/** The building load of every circuit in the plan's order, and the memories that follow. */
export type BuildingLoads = {
  readonly circuits: readonly BuildingLoad[];
  readonly memory: Pick<Memory, "circuits" | "meters">;
};

/** Works out the building load of every circuit: metered where there is a meter, else stated plus what lies below. */
export const buildingLoads = (
  plan: Plan,
  snapshot: Snapshot,
  observed: readonly Observed[],
  previous: Memory,
): BuildingLoads => {
  const meters = rememberMeters({ plan, snapshot, observed }, previous);
  const circuits = new Map<string, CircuitMemory>();
  const loads = new Array<BuildingLoad>(plan.site.circuits.length);
  const below = plan.site.circuits.map((circuit) => circuit.otherLoadA);
  for (let index = loads.length - 1; index >= 0; index--) {
    const circuit = plan.site.circuits[index];
    if (circuit === undefined) continue;
    const before = previous.circuits.get(circuit.id) ?? NO_LOADS;
    const load = loadOf({ plan, snapshot, observed, meters }, circuit, below[index] ?? ZERO, before);
    const memory = rememberLoad(before, load.loadA, snapshot.at);
    circuits.set(circuit.id, memory);
    loads[index] = { ...load, peakA: peakLoad(memory) };
    const parent = plan.parentIndex[index] ?? -1;
    if (parent >= 0) below[parent] = addPhases(below[parent] ?? ZERO, load.loadA);
  }
  return { circuits: loads, memory: { circuits, meters } };
};

type Scene = {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly observed: readonly Observed[];
  readonly meters: ReadonlyMap<string, MeterMemory>;
};

type Load = Omit<BuildingLoad, "peakA">;

const loadOf = (scene: Scene, circuit: Circuit, statedA: PhaseVector, before: CircuitMemory): Load => {
  const meter = scene.plan.site.meters.find((each) => each.id === circuit.meter);
  if (meter === undefined || meter.measures === "ev") {
    const floorA = allPhases(-scene.plan.site.exportCreditA);
    return { loadA: maxPhases(statedA, floorA), meterState: null, meterAgeMs: null };
  }
  const reading = scene.snapshot.meters.get(meter.id);
  const lastA = before.loads.at(-1)?.loadA ?? ZERO;
  if (reading === undefined)
    return { loadA: maxPhases(circuit.fallbackLoadA, lastA), meterState: "lost", meterAgeMs: null };
  const meterAgeMs = elapsedMs(reading.sampledAt, scene.snapshot.at);
  const measuredA = netOfEvses(scene, meter, reading, circuit);
  const meterState = stateOf(meter, meterAgeMs, isFrozen(scene, meter, measuredA, circuit));
  const allowanceA = (UNCERTAINTY_A_PER_S * Math.max(0, meterAgeMs - 1.5 * meter.intervalMs)) / 1000;
  const loadA = addPhases(measuredA, allPhases(allowanceA));
  const isTrusted = meterState === "fresh" || meterState === "old";
  return {
    loadA: isTrusted ? loadA : maxPhases(circuit.fallbackLoadA, maxPhases(loadA, lastA)),
    meterState,
    meterAgeMs,
  };
};

const stateOf = (meter: Meter, ageMs: number, isFrozenNow: boolean): MeterState => {
  const lostMs = Math.min(METER_LOST_AT_MOST_MS, Math.max(METER_LOST_MS, 3 * meter.intervalMs));
  if (ageMs > lostMs) return "lost";
  if (isFrozenNow) return "frozen";
  return ageMs > Math.max(METER_OLD_MS, 1.5 * meter.intervalMs) ? "old" : "fresh";
};

/**
 * A meter that does not follow what our EVSEs do is frozen: believed, it would show the less building load the more we
 * raise. One that merely stands still counts as lost where much is at stake: a load above half the limit.
 */
const isFrozen = (scene: Scene, meter: Meter, loadA: PhaseVector, circuit: Circuit): boolean => {
  const memory = scene.meters.get(meter.id);
  if (memory === undefined) return false;
  const unchangedMs = elapsedMs(memory.unchangedSince, scene.snapshot.at);
  if (meter.measures === "all" && unchangedMs >= Math.max(METER_MUST_FOLLOW.ms, 2 * meter.intervalMs)) {
    const drawnA = drawnBelow(scene, circuit.id, memory.sampledAt);
    if (drawnA.some((currentA, i) => Math.abs(currentA - (memory.drawnA[i] ?? 0)) > METER_MUST_FOLLOW.currentA))
      return true;
  }
  return unchangedMs >= METER_FROZEN_MS && loadA.some((currentA, i) => currentA > 0.5 * (circuit.sealedA[i] ?? 0));
};

/** Meter less a lower bound of what our EVSEs drew when it sampled; a missing phase counts as the whole limit. */
const netOfEvses = (scene: Scene, meter: Meter, reading: MeterReading, circuit: Circuit): PhaseVector => {
  const evA = meter.measures === "all" ? drawnBelow(scene, circuit.id, reading.sampledAt) : ZERO;
  const floorA = -scene.plan.site.exportCreditA;
  return mapPhases((i) => {
    const currentA = reading.currentA[i];
    return currentA === null ? circuit.sealedA[i] : Math.max(floorA, currentA - evA[i]);
  });
};

const drawnBelow = (scene: Pick<Scene, "plan" | "observed">, circuit: string, sampledAt: Instant): PhaseVector => {
  const index = scene.plan.circuitIndex.get(circuit) ?? -1;
  return scene.observed
    .filter(({ planned }) => isBehind(planned, index))
    .filter(({ reading }) => reading !== null && Math.abs(elapsedMs(reading.sampledAt, sampledAt)) <= ALIGNMENT_MS)
    .reduce((sum, each) => addPhases(sum, leastDrawn(each, sampledAt)), ZERO);
};

/** A vehicle that was told less after it was last read may have followed before the meter sampled. */
const leastDrawn = ({ drawnA, reading, memory }: Observed, sampledAt: Instant): PhaseVector => {
  if (drawnA === null || reading === null) return ZERO;
  const { changedAt, setpointA } = memory;
  const isOvertaken = changedAt !== null && changedAt >= reading.sampledAt && sampledAt > changedAt;
  return isOvertaken ? mapPhases((i) => Math.min(drawnA[i], setpointA)) : drawnA;
};

const rememberLoad = (memory: CircuitMemory, loadA: PhaseVector, now: Instant): CircuitMemory => ({
  loads: [...memory.loads.filter(({ at }) => elapsedMs(at, now) < LOAD_MEMORY_MS), { at: now, loadA }],
});

const rememberMeters = (
  scene: Pick<Scene, "plan" | "snapshot" | "observed">,
  previous: Memory,
): ReadonlyMap<string, MeterMemory> => {
  const meters = new Map<string, MeterMemory>();
  for (const meter of scene.plan.site.meters) {
    const reading = scene.snapshot.meters.get(meter.id);
    if (reading === undefined) continue;
    const before = previous.meters.get(meter.id);
    const currentA = mapPhases((i) => reading.currentA[i] ?? 0);
    const isSame = before !== undefined && before.currentA.every((value, i) => value === currentA[i]);
    const { sampledAt } = reading;
    const since = isSame
      ? before
      : { unchangedSince: scene.snapshot.at, drawnA: drawnBelow(scene, meter.circuit, sampledAt) };
    meters.set(meter.id, { sampledAt, currentA, unchangedSince: since.unchangedSince, drawnA: since.drawnA });
  }
  return meters;
};
