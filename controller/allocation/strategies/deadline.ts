import { classesOf } from "../division/priority.ts";
import type { Claim } from "../division/claims.ts";
import { elapsedMs, instant, type Instant } from "../../model/time.ts";
import { cannotWait, type Job } from "./deferral.ts";
import { PLAIN_WISH, type Strategy, type Wish } from "./strategy.ts";

/** What must be charged within this time counts as needed now, ms. */
const SOON_MS = 5 * 60_000;
/** Nobody said when it leaves: it is taken to stay this long, ms. */
const USUAL_STAY_MS = 4 * 3_600_000;
/** Nobody said what it needs: it is taken to use so much of its maximum until it leaves. */
const USUAL_USE = 0.5;
/** An ampere that cannot wait, compared with one that can. */
const NEEDED_VALUE = 4;
/** What cannot wait in a class, compared with the class below. */
const CLASS_FACTOR = 8;
/** How much more an ampere is worth that brings a vehicle nearer to a need it may miss. */
const URGENCY_VALUE = 0.1;

/** An ampere offered to a vehicle that takes none. */
const IDLE_VALUE = 0.01;

/** Everybody what they need by the time they leave, as far as it can be done; what is left where it brings most energy. */
export const deadline: Strategy = {
  objective: "energy",
  wish: (claims, { now, headroomA }) => {
    const jobs = claims.map((claim) => jobOf(claim, now));
    const classes = classesOf(claims);
    const isActive = (index: number): boolean => claims[index]?.isIdle === false;
    const members = classes.map((indices) => indices.filter(isActive).flatMap((index) => jobs[index] ?? []));
    const needed = cannotWait(members, headroomA, { now, soonMs: SOON_MS });
    const rank = new Map(classes.flatMap((indices, place) => indices.map((index) => [index, place] as const)));
    return claims.map((claim, index): Wish => {
      const job = jobs[index];
      if (job === undefined || claim.isIdle) return { ...PLAIN_WISH, order: index, value: IDLE_VALUE };
      const above = classes.length - 1 - (rank.get(index) ?? 0);
      const value = 1 + URGENCY_VALUE * urgencyOf(job, now);
      return {
        ...PLAIN_WISH,
        order: index,
        floorA: needed.get(job) ?? 0,
        floorValue: NEEDED_VALUE * CLASS_FACTOR ** above,
        value,
      };
    });
  },
};

const jobOf = (claim: Claim, now: Instant): Job => {
  const { need, maxA, rows, wattsPerA } = claim;
  const departsAt = instant(Math.max(now + SOON_MS / 5, need.departsAt ?? now + USUAL_STAY_MS));
  const stayMs = elapsedMs(now, departsAt);
  const needAms = need.energyWh === null ? USUAL_USE * maxA * stayMs : (need.energyWh * 3_600_000) / wattsPerA;
  return { rows, maxA, departsAt, needAms };
};

/** The part of its maximum that it needs on average until it leaves, at most 1. */
const urgencyOf = ({ needAms, maxA, departsAt }: Job, now: Instant): number =>
  Math.min(1, needAms / (maxA * elapsedMs(now, departsAt)));
