import type { PriceSlot } from "../../model/price.ts";
import { elapsedMs, instant, type Instant } from "../../model/time.ts";
import type { Claim } from "../division/claims.ts";
import { classesOf } from "../division/priority.ts";
import { deadline } from "./deadline.ts";
import { cannotWait, jobOf, SOON_MS, type Later, type Span } from "./deferral.ts";
import type { Outlook, Strategy } from "./strategy.ts";

/** Nobody said when it leaves: it is taken to stay so long after it was plugged in, ms. */
const USUAL_STAY_MS = 12 * 3_600_000;
/** Nobody said what it needs: it is taken to need so long before it leaves, ms. */
const USUAL_CHARGE_MS = 3 * 3_600_000;
/** Prices are compared over a day, half of it gone where that much is known, ms. */
const DAY_MS = 24 * 3_600_000;
/** A vehicle of which nothing is known shows within this time what it takes, ms. */
const LEARN_MS = 3 * 60_000;
/** A plan counts on this part of the headroom: steps, minimums and the building take their part. */
const PLANNED_SHARE = 0.9;
/** A vehicle starts when at least this part of its minimum cannot wait; one that runs goes on to the end. */
const START_SHARE = 0.5;

/**
 * Everybody what they need by the time they leave, in the cheapest hours that suffice; with an unknown need in the cheapest
 * part of the day, and at any price before the departure. While no price is known, like `deadline`.
 */
export const cheapest: Strategy = {
  objective: "energy",
  holdsBack: "price",
  wish: (claims, outlook) => {
    const wishes = deadline.wish(claims, outlook);
    const current = priceAt(outlook.prices, outlook.now);
    if (current === null) return wishes;
    const dueA = dueNow(claims, outlook, current);
    const isCheap = isCheapNow(outlook, current);
    return wishes.map((wish, index) => {
      const claim = claims[index];
      const isServed = claim !== undefined && mayCharge(claim, { outlook, isCheap, dueA: dueA[index] ?? null });
      return isServed ? wish : { ...wish, ceilingA: 0 };
    });
  },
};

type Verdict = {
  readonly outlook: Outlook;
  readonly isCheap: boolean;
  /** What a known need leaves for now, A; null: nobody knows what it needs. */
  readonly dueA: number | null;
};

const mayCharge = (claim: Claim, { outlook, isCheap, dueA }: Verdict): boolean => {
  if (outlook.boosts.has(claim.evse)) return true;
  if (claim.need.energyWh === 0) return isCheap;
  if (dueA !== null && isToLearn(claim, outlook.now)) return true;
  if (dueA !== null) return dueA > (claim.history.setpointA > 0 ? 0 : START_SHARE * claim.minA);
  return isCheap || elapsedMs(outlook.now, departureOf(claim)) <= USUAL_CHARGE_MS;
};

/** No plan is good for a vehicle of which nobody knows what it takes: at first it charges, for as long as it takes to see that. */
const isToLearn = ({ history: { learned, pauses, servedSince } }: Claim, now: Instant): boolean =>
  learned === null && pauses === 0 && (servedSince === null || elapsedMs(servedSince, now) < LEARN_MS);

const departureOf = ({ need, arrivedAt }: Claim): Instant => need.departsAt ?? instant(arrivedAt + USUAL_STAY_MS);

/** What cheaper hours before their departures do not suffice for, A, of all claims whose need is known. */
const dueNow = (
  claims: readonly Claim[],
  { now, headroomA, prices, voltageV }: Outlook,
  current: number,
): readonly (number | null)[] => {
  const until = (claim: Claim): Instant => instant(Math.max(now + SOON_MS, departureOf(claim)));
  const jobs = claims.map((claim) => jobOf(claim, until(claim), voltageV));
  const classes = classesOf(claims).map((members) => members.flatMap((index) => jobs[index] ?? []));
  const later = cheaperThan(current, prices, now);
  const due = cannotWait(
    classes,
    headroomA.map((roomA) => PLANNED_SHARE * roomA),
    { now, soonMs: SOON_MS, later },
  );
  return jobs.map((job) => (job === null ? null : (due.get(job) ?? 0)));
};

/** The later times that are cheaper than now, the cheapest first; a price that is not known is not counted on. */
const cheaperThan = (current: number, prices: readonly PriceSlot[], now: Instant): Later => ({
  cutsMs: prices.flatMap(({ from, until }) => [elapsedMs(now, from), elapsedMs(now, until)]),
  costOf: (span) => {
    const cost = meanPrice(prices, now, span);
    return cost !== null && cost < current ? cost : null;
  },
});

/** Null where it is not known for all of the span. */
const meanPrice = (prices: readonly PriceSlot[], now: Instant, { fromMs, toMs }: Span): number | null => {
  let knownMs = 0;
  let sum = 0;
  for (const { from, until, pricePerKwh } of prices) {
    const overlapMs = Math.min(toMs, elapsedMs(now, until)) - Math.max(fromMs, elapsedMs(now, from));
    if (overlapMs <= 0) continue;
    knownMs += overlapMs;
    sum += overlapMs * pricePerKwh;
  }
  return knownMs < toMs - fromMs - 1 ? null : sum / knownMs;
};

const priceAt = (prices: readonly PriceSlot[], now: Instant): number | null =>
  prices.find(({ from, until }) => from <= now && now < until)?.pricePerKwh ?? null;

/** Whether the price is the lowest of the known day, or all that is no dearer fits into the given share of it. */
const isCheapNow = ({ now, prices, settings }: Outlook, current: number): boolean => {
  const first = prices[0]?.from ?? now;
  const last = prices.at(-1)?.until ?? now;
  const from = Math.max(first, Math.min(now - DAY_MS / 2, last - DAY_MS));
  const known = prices.map((slot) => ({
    ...slot,
    ms: Math.min(slot.until, from + DAY_MS) - Math.max(slot.from, from),
  }));
  const lasting = (isMeant: (pricePerKwh: number) => boolean): number =>
    known.reduce((sum, { pricePerKwh, ms }) => sum + (ms > 0 && isMeant(pricePerKwh) ? ms : 0), 0);
  const allMs = lasting(() => true);
  return (
    lasting((price) => price < current) === 0 || lasting((price) => price <= current) <= settings.cheapShare * allMs
  );
};
