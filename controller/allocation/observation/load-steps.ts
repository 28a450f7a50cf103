import { mapPhases, maxPhases, minPhases, type PhaseVector } from "../../model/phase.ts";
import { elapsedMs, type Instant } from "../../model/time.ts";
import type { LoadSample, StepMemory } from "../memory.ts";
import { ALIGNMENT_MS, STEP_BUCKET_MS, STEP_MEMORY_MS } from "../timing.ts";

/**
 * Learns how much the building load rises within `windowMs`, the time that vehicles need to give way. A rise counts once it
 * lasted: a current of our own that meter and station show one after the other passes sooner. Null: no sample to be compared with
 * the ones before, as while the meter is lost.
 */
export const rememberSteps = (memory: StepMemory, sample: LoadSample | null, windowMs: number): StepMemory => {
  if (sample === null) return memory.recent.length === 0 ? memory : { ...memory, recent: [] };
  const newest = memory.recent.at(-1);
  if (newest?.at === sample.at) return memory;
  if (newest === undefined || !isSame(newest.netted, sample.netted)) return { ...memory, recent: [sample] };
  const recent = [...memory.recent.filter(({ at }) => elapsedMs(at, sample.at) <= windowMs + ALIGNMENT_MS), sample];
  return { recent, largest: keepLargest(memory.largest, riseOf(recent, sample.at), sample.at) };
};

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);

/** The largest of the step that was stated and the rises of the last hours, A per phase; null: neither is known. */
export const largestStep = ({ largest }: StepMemory, statedA: PhaseVector): PhaseVector | null =>
  largest.length === 0 && Math.max(...statedA) === 0
    ? null
    : largest.reduce((most, { riseA }) => maxPhases(most, riseA), statedA);

/** The least of the newest samples, two at least, above the least of those before. */
const riseOf = (recent: readonly LoadSample[], now: Instant): PhaseVector => {
  const isNew = ({ at }: LoadSample, i: number): boolean =>
    i >= recent.length - 2 || elapsedMs(at, now) <= ALIGNMENT_MS;
  const least = (samples: readonly LoadSample[]): PhaseVector =>
    samples.reduce<PhaseVector>((low, { loadA }) => minPhases(low, loadA), [Infinity, Infinity, Infinity]);
  const newA = least(recent.filter(isNew));
  const beforeA = least(recent.filter((each, i) => !isNew(each, i)));
  return mapPhases((i) => Math.max(0, newA[i] - beforeA[i]));
};

const keepLargest = (largest: StepMemory["largest"], riseA: PhaseVector, now: Instant): StepMemory["largest"] => {
  const last = largest.at(-1);
  if (last !== undefined && elapsedMs(last.since, now) < STEP_BUCKET_MS)
    return [...largest.slice(0, -1), { since: last.since, riseA: maxPhases(last.riseA, riseA) }];
  return [...largest.filter(({ since }) => elapsedMs(since, now) < STEP_MEMORY_MS), { since: now, riseA }];
};
