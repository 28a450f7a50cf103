import { fault, type Fault } from "#controller/model/fault.ts";
import type { PhaseVector } from "#controller/model/phase.ts";
import { failed, ok, type Result } from "#controller/model/result.ts";
import type { PointReader, PointSample } from "./channels/point-channel.ts";

/** A value per grid phase; null: this one is missing. */
export type SampledPhases = readonly [number | null, number | null, number | null];

/** The number at a point of whatever age; null: it is missing, no number, or there is no such point. */
export const anyNumberAt = ({ values }: PointSample, name: string | undefined): number | null => {
  const value = name === undefined ? null : values.get(name);
  return typeof value === "number" ? value : null;
};

/** The same of a known age: a measurement without one counts as none. */
export const numberAt = (sample: PointSample, name: string | undefined): number | null =>
  name !== undefined && sample.undated.has(name) ? null : anyNumberAt(sample, name);

/** The numbers at the points of the three phases. */
export const phasesAt = (sample: PointSample, [a, b, c]: readonly [string, string, string]): SampledPhases => [
  numberAt(sample, a),
  numberAt(sample, b),
  numberAt(sample, c),
];

/** The phases when all three are known. */
export const allKnown = ([a, b, c]: SampledPhases): PhaseVector | null =>
  a === null || b === null || c === null ? null : [a, b, c];

/** A device that is no station has the points of one EVSE. */
export const SOLE_NUMBER = 1;

/** The values of a device that is no station. */
export const readSole = async (read: PointReader, subject: string): Promise<Result<PointSample, Fault>> => {
  const samples = await read();
  if (!samples.ok) return samples;
  const sample = samples.value.get(SOLE_NUMBER);
  return sample === undefined ? failed(fault("malformed", subject, "it sent no values")) : ok(sample);
};
