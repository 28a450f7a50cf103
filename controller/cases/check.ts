import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { CasePlan } from "./case-site.ts";
import { loadProblems, siteProblems, vehicleProblems } from "./references.ts";
import { InstantCase, StreamStart, StreamStep } from "./schema.ts";

/** What was read, or every problem it has, each with its place in the JSON. */
export type CaseCheck<T> = { readonly value: T } | { readonly problems: readonly string[] };

const shapeOf = <T extends TSchema>(schema: T): ((value: unknown) => CaseCheck<Static<T>>) => {
  const validator = Compile(schema);
  return (value) =>
    validator.Check(value)
      ? { value }
      : { problems: validator.Errors(value).map(({ instancePath, message }) => `${instancePath || "/"}: ${message}`) };
};

const instantShape = shapeOf(InstantCase);
const startShape = shapeOf(StreamStart);
const stepShape = shapeOf(StreamStep);

/** Checks a value read as a single moment. */
export const checkInstant = (value: unknown): CaseCheck<InstantCase> =>
  refined(instantShape(value), ({ site, evs }) => [
    ...siteProblems(site),
    ...vehicleProblems(evs, new Set(site.stations.map(({ id }) => id))),
  ]);

/** Checks the first line of a stream. */
export const checkStreamStart = (value: unknown): CaseCheck<StreamStart> =>
  refined(startShape(value), ({ site }) => siteProblems(site));

/** Checks a further line of a stream on the site of its first. */
export const checkStreamStep = (value: unknown, { plan, stations }: CasePlan): CaseCheck<StreamStep> =>
  refined(stepShape(value), ({ evs, baseLoadA }) => [
    ...loadProblems(baseLoadA, plan.circuitIndex),
    ...vehicleProblems(evs, stations),
  ]);

/** A value of the right shape may still name what does not exist. */
const refined = <T>(shape: CaseCheck<T>, problemsOf: (value: T) => readonly string[]): CaseCheck<T> => {
  if ("problems" in shape) return shape;
  const problems = problemsOf(shape.value);
  return problems.length > 0 ? { problems } : shape;
};
