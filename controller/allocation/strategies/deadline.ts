import { classesOf, classWorth } from "../division/priority.ts";
import { divideFairly } from "../division/fair.ts";
import type { Claim } from "../division/claims.ts";
import { elapsedMs, instant, type Instant } from "../../model/time.ts";
import { cannotWait, jobOf, SOON_MS, type Job } from "./deferral.ts";
import { PLAIN_WISH, type Outlook, type Strategy, type Wish } from "./strategy.ts";

/** Nobody said when it leaves: it is taken to stay this long, ms. */
const USUAL_STAY_MS = 4 * 3_600_000;
/** It is still there when it should have left: it is taken to stay this much longer, ms. */
const OVERSTAY_MS = 2 * 3_600_000;
/** An ampere that cannot wait, compared with one that can. */
const NEEDED_VALUE = 4;
/** How much more an ampere is worth that brings a vehicle nearer to a need it may miss. */
const URGENCY_VALUE = 0.1;
/** An ampere offered to a vehicle that takes none. */
const IDLE_VALUE = 0.01;

/**
 * Everybody what they need by the time they leave, as far as it can be done; who said nothing of a need gets a fair share; what
 * is left goes where it brings most energy.
 */
export const deadline: Strategy = {
  objective: "energy",
  wish: (claims, outlook) => {
    const classes = classesOf(claims);
    const jobs = claims.map((claim) => (claim.isIdle ? null : jobNow(claim, outlook)));
    const floors = floorsOf(claims, { classes, jobs }, outlook);
    const worth = classWorth(classes);
    return claims.map((claim, index): Wish => {
      if (claim.isIdle) return { ...PLAIN_WISH, order: index, value: IDLE_VALUE };
      const floorValue = NEEDED_VALUE * (worth.get(index) ?? 1);
      const value = 1 + URGENCY_VALUE * urgencyOf(jobs[index] ?? null, outlook.now);
      return { ...PLAIN_WISH, order: index, floorA: floors[index] ?? 0, floorValue, value };
    });
  },
};

/** The claims by class, and the job of each; null: its need is not known, or it takes nothing. */
type Agenda = { readonly classes: readonly (readonly number[])[]; readonly jobs: readonly (Job | null)[] };

/** What each claim must have now, A: what cannot wait, or a fair share where no need is known. */
const floorsOf = (
  claims: readonly Claim[],
  { classes, jobs }: Agenda,
  { now, headroomA }: Outlook,
): readonly number[] => {
  const members = classes.map((indices) => indices.flatMap((index) => jobs[index] ?? []));
  const needed = cannotWait(members, headroomA, { now, soonMs: SOON_MS });
  const fairA = jobs.includes(null) ? fairShares(claims, classes, headroomA) : [];
  return jobs.map((job, index) => (job === null ? (fairA[index] ?? 0) : (needed.get(job) ?? 0)));
};

const fairShares = (
  claims: readonly Claim[],
  classes: readonly (readonly number[])[],
  headroomA: Float64Array,
): readonly number[] => {
  const wishes = claims.map(({ arrivedAt }) => ({ ...PLAIN_WISH, order: arrivedAt, mayYield: false }));
  const rules = { classes, guaranteeMinimums: false };
  return divideFairly(claims, wishes, Float64Array.from(headroomA), rules).map(({ currentA }) => currentA);
};

/** One that nobody said when it leaves is taken to leave at the usual time. */
const jobNow = (claim: Claim, { now, voltageV }: Pick<Outlook, "now" | "voltageV">): Job | null =>
  jobOf(claim, departureOf(claim.need.departsAt, now), voltageV);

const departureOf = (departsAt: Instant | null, now: Instant): Instant => {
  if (departsAt === null) return instant(now + USUAL_STAY_MS);
  return departsAt > now ? departsAt : instant(now + OVERSTAY_MS);
};

/** The part of its maximum that it needs on average until it leaves, at most 1; half where nobody said. */
const urgencyOf = (job: Job | null, now: Instant): number =>
  job === null ? 0.5 : Math.min(1, job.needAms / (job.maxA * elapsedMs(now, job.departsAt)));
