import { addPhases, allPhases, mapPhases, maxPhases, ZERO, type PhaseVector } from "../../model/phase.ts";
import type { MeterReading } from "../../model/reading.ts";
import type { Circuit, Meter } from "../../model/site.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { elapsedMs, type Instant } from "../../model/time.ts";
import type { Observed } from "./accounted.ts";
import { NO_LOADS, peakLoad, type CircuitMemory, type LoadSample, type Memory, type MeterMemory } from "../memory.ts";
import { isBehind, type Plan } from "../plan.ts";
import { largestStep, rememberSteps } from "./load-steps.ts";
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
  /** The largest step that was stated or that its meter showed in the last hours; null: it has no meter, or nothing is known. */
  readonly stepA: PhaseVector | null;
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
    const { sample, ...load } = loadOf({ plan, snapshot, observed, meters }, circuit, below[index] ?? ZERO, before);
    const steps = rememberSteps(before.steps, sample, stepWindowMs(plan, index));
    const memory = { loads: rememberLoad(before, load.loadA, snapshot.at), steps };
    circuits.set(circuit.id, memory);
    loads[index] = {
      ...load,
      peakA: peakLoad(memory),
      stepA: load.meterState === null ? null : largestStep(steps, circuit.largestStepA),
    };
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

type Load = Omit<BuildingLoad, "peakA" | "stepA"> & { readonly sample: LoadSample | null };

/** So long a step goes uncompensated: until the meter shows it twice, a cycle decides and the slowest station has passed it on. */
const stepWindowMs = ({ site, reactionMs }: Plan, index: number): number => {
  const meter = site.meters.find(({ id }) => id === site.circuits[index]?.meter);
  return 2 * (meter?.intervalMs ?? 0) + site.cycleMs + (reactionMs[index] ?? 0);
};

const loadOf = (scene: Scene, circuit: Circuit, statedA: PhaseVector, before: CircuitMemory): Load => {
  const meter = scene.plan.site.meters.find((each) => each.id === circuit.meter);
  if (meter === undefined || meter.measures === "ev") {
    const floorA = allPhases(-scene.plan.site.exportCreditA);
    return { loadA: maxPhases(statedA, floorA), meterState: null, meterAgeMs: null, sample: null };
  }
  const reading = scene.snapshot.meters.get(meter.id);
  const lastA = before.loads.at(-1)?.loadA ?? ZERO;
  if (reading === undefined)
    return { loadA: maxPhases(circuit.fallbackLoadA, lastA), meterState: "lost", meterAgeMs: null, sample: null };
  return meteredLoad(
    scene,
    { meter, circuit, reading },
    lastA,
    largestStep(before.steps, circuit.largestStepA) ?? ZERO,
  );
};

type Metered = { readonly meter: Meter; readonly circuit: Circuit; readonly reading: MeterReading };

const meteredLoad = (scene: Scene, metered: Metered, lastA: PhaseVector, stepA: PhaseVector): Load => {
  const { meter, circuit, reading } = metered;
  const meterAgeMs = elapsedMs(reading.sampledAt, scene.snapshot.at);
  const netted = meter.measures === "all" ? alignedBelow(scene, circuit.id, reading.sampledAt) : [];
  const measuredA = netOfEvses(scene, reading, circuit, netted);
  const meterState = stateOf(meter, meterAgeMs, isFrozen(scene, meter, measuredA, circuit));
  const loadA = addPhases(measuredA, allowanceA(meter, meterAgeMs, stepA));
  const isTrusted = meterState === "fresh" || meterState === "old";
  return {
    loadA: isTrusted ? loadA : maxPhases(circuit.fallbackLoadA, maxPhases(loadA, lastA)),
    meterState,
    meterAgeMs,
    sample: isTrusted ? sampleOf(scene, meter, reading, { loadA: measuredA, netted: netted.map(idOf) }) : null,
  };
};

const idOf = ({ planned }: Observed): string => planned.evse.id;

/** What can be compared with other samples: whole, and of the building alone. */
const sampleOf = (
  scene: Scene,
  meter: Meter,
  { currentA, sampledAt }: MeterReading,
  net: Omit<LoadSample, "at">,
): LoadSample | null => (currentA.includes(null) || hidesEvses(scene, meter) ? null : { at: sampledAt, ...net });

/** An EVSE that measures nothing and starts looks like a step of the building. */
const hidesEvses = ({ plan }: Scene, { measures, circuit }: Meter): boolean => {
  const index = plan.circuitIndex.get(circuit) ?? -1;
  return measures === "all" && plan.evses.some((each) => !each.station.measuresCurrent && isBehind(each, index));
};

/** What the load may have risen by since the meter sampled: by the time it counts as lost, its largest step (R4). */
const allowanceA = (meter: Meter, ageMs: number, stepA: PhaseVector): PhaseVector => {
  const lateMs = Math.max(0, ageMs - 1.5 * meter.intervalMs);
  const stepShare = Math.min(1, lateMs / Math.max(1, lostAfterMs(meter) - 1.5 * meter.intervalMs));
  return mapPhases((i) => Math.max((UNCERTAINTY_A_PER_S * lateMs) / 1000, stepA[i] * stepShare));
};

const lostAfterMs = ({ intervalMs }: Meter): number =>
  Math.min(METER_LOST_AT_MOST_MS, Math.max(METER_LOST_MS, 3 * intervalMs));

const stateOf = (meter: Meter, ageMs: number, isFrozenNow: boolean): MeterState => {
  if (ageMs > lostAfterMs(meter)) return "lost";
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
const netOfEvses = (
  scene: Scene,
  reading: MeterReading,
  circuit: Circuit,
  netted: readonly Observed[],
): PhaseVector => {
  const evA = drawnBy(netted, reading.sampledAt);
  const floorA = -scene.plan.site.exportCreditA;
  return mapPhases((i) => {
    const currentA = reading.currentA[i];
    return currentA === null ? circuit.sealedA[i] : Math.max(floorA, currentA - evA[i]);
  });
};

type Below = Pick<Scene, "plan" | "observed">;

/** The EVSEs behind a circuit whose measured current can be taken off a meter's sample. */
const alignedBelow = ({ plan, observed }: Below, circuit: string, sampledAt: Instant): readonly Observed[] => {
  const index = plan.circuitIndex.get(circuit) ?? -1;
  return observed
    .filter(({ planned, drawnA }) => drawnA !== null && isBehind(planned, index))
    .filter(({ reading }) => reading !== null && Math.abs(elapsedMs(reading.sampledAt, sampledAt)) <= ALIGNMENT_MS);
};

const drawnBelow = (below: Below, circuit: string, sampledAt: Instant): PhaseVector =>
  drawnBy(alignedBelow(below, circuit, sampledAt), sampledAt);

const drawnBy = (evses: readonly Observed[], sampledAt: Instant): PhaseVector =>
  evses.reduce((sum, each) => addPhases(sum, leastDrawn(each, sampledAt)), ZERO);

/** A vehicle that was told less after it was last read may have followed before the meter sampled. */
const leastDrawn = ({ drawnA, reading, memory }: Observed, sampledAt: Instant): PhaseVector => {
  if (drawnA === null || reading === null) return ZERO;
  const { changedAt, setpointA } = memory;
  const isOvertaken = changedAt !== null && changedAt >= reading.sampledAt && sampledAt > changedAt;
  return isOvertaken ? mapPhases((i) => Math.min(drawnA[i], setpointA)) : drawnA;
};

const rememberLoad = ({ loads }: CircuitMemory, loadA: PhaseVector, now: Instant): CircuitMemory["loads"] => [
  ...loads.filter(({ at }) => elapsedMs(at, now) < LOAD_MEMORY_MS),
  { at: now, loadA },
];

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
