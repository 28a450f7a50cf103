import { elapsedMs, type Instant } from "../../model/time.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { SURPLUS_BEST_MS, SURPLUS_LASTS_MS, SURPLUS_SMOOTHED_MS } from "../timing.ts";
import type { Observed } from "./accounted.ts";
import type { SurplusMemory, SurplusSpan } from "../memory.ts";
import type { Plan } from "../plan.ts";
import type { MeterState } from "./building-load.ts";

/** Own generation that the building leaves, W: what vehicles may take without a draw from the grid; -Infinity: unknown. */
export type Surplus = {
  /** Now, smoothed; negative: the building alone draws from the grid. */
  readonly nowW: number;
  /** The least of the last minutes: what has lasted long enough to start on. */
  readonly lastedW: number;
  /** The most of a longer time: what a vehicle that runs may hope to come back. */
  readonly bestW: number;
};

/** Nothing is known of any surplus. */
export const NO_SURPLUS: Surplus = { nowW: -Infinity, lastedW: -Infinity, bestW: -Infinity };

type Scene = {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly observed: readonly Observed[];
  /** How much the meter of the grid connection is worth. */
  readonly meterState: MeterState | null;
};

/** The surplus that was seen up to now: what the grid connection's meter exports, and what our EVSEs draw. */
export const rememberSurplus = (scene: Scene, before: SurplusMemory): SurplusMemory => {
  const { at } = scene.snapshot;
  const measuredW = measure(scene);
  const smoothedW = smooth(before, measuredW, at);
  const spans = before.spans.filter(({ until }) => elapsedMs(until, at) <= SURPLUS_BEST_MS);
  return { at, smoothedW, spans: addTo(spans, smoothedW, at) };
};

/** What a memory says of the surplus now. */
export const surplusOf = ({ at, smoothedW, spans }: SurplusMemory): Surplus => {
  const first = spans[0];
  if (at === null || first === undefined) return NO_SURPLUS;
  const recent = spans.filter(({ until }) => elapsedMs(until, at) <= SURPLUS_LASTS_MS);
  const hasLasted = elapsedMs(first.since, at) >= SURPLUS_LASTS_MS;
  return {
    nowW: smoothedW ?? -Infinity,
    lastedW: hasLasted ? Math.min(...recent.map(({ leastW }) => leastW)) : -Infinity,
    bestW: Math.max(...spans.map(({ mostW }) => mostW)),
  };
};

const measure = ({ plan, snapshot, observed, meterState }: Scene): number | null => {
  const meterId = plan.site.circuits[0]?.meter;
  const meter = plan.site.meters.find(({ id }) => id === meterId);
  const reading = snapshot.meters.get(meter?.id ?? "");
  if (meter === undefined || reading === undefined || meterState !== "fresh") return null;
  const { nominalVoltageV } = plan.site;
  const gridW = reading.powerW ?? wattsOf(reading.currentA, nominalVoltageV);
  if (gridW === null) return null;
  return (meter.measures === "all" ? drawnBy(observed, nominalVoltageV) : 0) - gridW;
};

const wattsOf = (currentA: readonly (number | null)[], voltageV: number): number | null =>
  currentA.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value * voltageV), 0);

/** An EVSE that measures nothing is taken to draw its setpoint while its vehicle charges. */
const drawnBy = (observed: readonly Observed[], voltageV: number): number =>
  observed.reduce((sum, each) => {
    const { drawnA, reading, memory, planned } = each;
    if (drawnA !== null) return sum + (drawnA[0] + drawnA[1] + drawnA[2]) * voltageV;
    const isCharging = reading?.state === "C" || reading?.state === "D";
    return sum + (isCharging ? memory.setpointA * planned.evse.phases.length * voltageV : 0);
  }, 0);

const smooth = ({ at: before, smoothedW }: SurplusMemory, measuredW: number | null, now: Instant): number | null => {
  if (measuredW === null || smoothedW === null || before === null) return measuredW;
  const part = 1 - Math.exp(-elapsedMs(before, now) / SURPLUS_SMOOTHED_MS);
  return smoothedW + part * (measuredW - smoothedW);
};

/** Spans of time keep the memory small whatever the cycle. */
const SPAN_MS = 10_000;

const addTo = (spans: readonly SurplusSpan[], smoothedW: number | null, at: Instant): readonly SurplusSpan[] => {
  const newest = spans.at(-1);
  const seen = { leastW: smoothedW ?? -Infinity, mostW: smoothedW ?? -Infinity };
  if (newest === undefined || elapsedMs(newest.since, at) >= SPAN_MS)
    return [...spans, { since: at, until: at, ...seen }];
  const leastW = Math.min(newest.leastW, seen.leastW);
  const mostW = Math.max(newest.mostW, seen.mostW);
  return [...spans.slice(0, -1), { since: newest.since, until: at, leastW, mostW }];
};
