import type { PhaseVector } from "#controller/model/phase.ts";
import type { PointSample } from "./channels/point-channel.ts";

/** A value per grid phase; null: this one is missing. */
export type SampledPhases = readonly [number | null, number | null, number | null];

/** The number at a point; null: it is missing, no number, or of any age. */
export const numberAt = ({ values, undated }: PointSample, name: string): number | null => {
  const value = values.get(name);
  return typeof value === "number" && !undated.has(name) ? value : null;
};

/** The numbers at the points of the three phases. */
export const phasesAt = (sample: PointSample, [a, b, c]: readonly [string, string, string]): SampledPhases => [
  numberAt(sample, a),
  numberAt(sample, b),
  numberAt(sample, c),
];

/** The phases when all three are known. */
export const allKnown = ([a, b, c]: SampledPhases): PhaseVector | null =>
  a === null || b === null || c === null ? null : [a, b, c];
