import type { Claim } from "../division/claims.ts";
import { divide, type Share } from "../division/divide.ts";
import { takeRoom } from "../division/room.ts";
import { elapsedMs, type Instant } from "../../model/time.ts";
import type { Rows } from "../plan.ts";

/** A vehicle with a known departure and need: what a plan of later charging is made of. */
export type Job = {
  readonly rows: Rows;
  readonly maxA: number;
  readonly departsAt: Instant;
  /** What it still needs, A × ms on each of its phases. */
  readonly needAms: number;
};

/** A claim with a known need as a job until it leaves, with what its vehicle was seen to take; null: its need is not known. */
export const jobOf = (
  { rows, maxA, wattsPerA, need, history }: Claim,
  departsAt: Instant,
  voltageV: number,
): Job | null => {
  if (need.energyWh === null) return null;
  const { mostA, phases } = history.learned ?? { mostA: maxA, phases: wattsPerA / voltageV };
  return { rows, maxA: Math.min(maxA, mostA), departsAt, needAms: (need.energyWh * 3_600_000) / (phases * voltageV) };
};

/** A stretch of time, ms from now. */
export type Span = { readonly fromMs: number; readonly toMs: number };

/** Which later times a plan may use. */
export type Later = {
  /** Where they begin to differ, ms from now. */
  readonly cutsMs: readonly number[];
  /** How dear a stretch is: the cheapest is used first, of equal ones the latest; null: it must not be used. */
  readonly costOf: (span: Span) => number | null;
};

/** One time is as good as another. */
const ANY_TIME: Later = { cutsMs: [], costOf: () => 0 };

/** What must be charged within this time counts as needed now, ms. */
export const SOON_MS = 5 * 60_000;
/** The plan looks ahead in at most so many steps, bounded by departures. */
const MOST_STEPS = 24;
/** Steps are at least this long: in next to no time, what is left of a need would be a current beyond all bounds. */
const LEAST_STEP_MS = 60_000;

/**
 * The current that each job needs from now until `soonMs` on, A, if everything that can wait is charged later: filled backwards
 * from the last departure, always the job first that would need most of its maximum before (the level algorithm of Muntz and
 * Coffman, 1969, in reversed time). Where later times differ, the cheapest are filled first. Classes of jobs are given highest
 * first; `headroomA` is taken to stay as it is.
 */
export const cannotWait = (
  classes: readonly (readonly Job[])[],
  headroomA: Float64Array,
  { now, soonMs, later = ANY_TIME }: { readonly now: Instant; readonly soonMs: number; readonly later?: Later },
): ReadonlyMap<Job, number> => {
  const jobs = classes.flat();
  const leftAms = new Map(jobs.map((job) => [job, job.needAms]));
  const departuresMs = jobs.map(({ departsAt }) => elapsedMs(now, departsAt));
  for (const span of spansOf(departuresMs, soonMs, later)) {
    const roomA = Float64Array.from(headroomA);
    for (const members of classes) fillSpan(members, leftAms, { now, span, roomA });
  }
  return new Map(jobs.map((job) => [job, (leftAms.get(job) ?? 0) / soonMs]));
};

/** The plan's steps in the order in which they are filled. */
const spansOf = (departuresMs: readonly number[], soonMs: number, { cutsMs, costOf }: Later): readonly Span[] => {
  const endMs = Math.max(0, ...departuresMs);
  const edges = edgesOf([...departuresMs, ...cutsMs.filter((ms) => ms < endMs)], soonMs);
  return edges
    .slice(1)
    .flatMap((toMs, k) => {
      const span = { fromMs: edges[k] ?? 0, toMs };
      const cost = costOf(span);
      return cost === null ? [] : [{ span, cost }];
    })
    .toSorted((a, b) => a.cost - b.cost || b.span.fromMs - a.span.fromMs)
    .map(({ span }) => span);
};

/** Ends of the plan's steps, ms from now. */
const edgesOf = (endsMs: readonly number[], soonMs: number): readonly number[] => {
  const distinct: number[] = [];
  for (const ms of endsMs.toSorted((a, b) => a - b))
    if (ms - (distinct.at(-1) ?? soonMs) >= LEAST_STEP_MS) distinct.push(ms);
  if (distinct.length <= MOST_STEPS) return [soonMs, ...distinct];
  const last = distinct.length - 1;
  const kept = Array.from({ length: MOST_STEPS }, (_, i) => distinct[Math.round((i * last) / (MOST_STEPS - 1))] ?? 0);
  return [soonMs, ...new Set(kept)];
};

const fillSpan = (
  jobs: readonly Job[],
  leftAms: Map<Job, number>,
  { now, span, roomA }: { readonly now: Instant; readonly span: Span; readonly roomA: Float64Array },
): void => {
  const lengthMs = span.toMs - span.fromMs;
  const present = jobs.flatMap((job) => {
    const leftA = (leftAms.get(job) ?? 0) / lengthMs;
    const part = Math.min(1, Math.max(0, (elapsedMs(now, job.departsAt) - span.fromMs) / lengthMs));
    const maxA = Math.min(job.maxA * part, leftA);
    return maxA > 1e-6 ? [{ job, share: shareOf(job, maxA, leftA) }] : [];
  });
  const { currentA } = divide(
    present.map(({ share }) => share),
    roomA,
  );
  present.forEach(({ job }, i) => {
    const givenA = currentA[i] ?? 0;
    leftAms.set(job, (leftAms.get(job) ?? 0) - givenA * lengthMs);
    takeRoom(job.rows, givenA, roomA);
  });
};

/** Filled in proportion to its maximum, from the level at which it has most of it left to do. */
const shareOf = ({ rows, maxA }: Job, mostA: number, leftA: number): Share => ({
  rows,
  minA: 0,
  maxA: mostA,
  weight: maxA,
  fromLevel: -leftA / maxA,
});
