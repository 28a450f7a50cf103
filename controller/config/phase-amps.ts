import { allPhases, PHASES, type PhaseVector } from "../model/phase.ts";

type PhaseAmps = number | { readonly L1: number; readonly L2: number; readonly L3: number };

/** A current of the site file, one number or one per phase, as a vector in A. */
export const phaseAmps = (value: PhaseAmps): PhaseVector =>
  typeof value === "number" ? allPhases(value) : [value.L1, value.L2, value.L3];

/** A current for people: at most one decimal. */
export const formatAmps = (valueA: number): string => `${Math.round(valueA * 10) / 10} A`;

/** The phases, by name, on which a vector exceeds another. */
export const phasesAbove = (a: PhaseVector, b: PhaseVector): readonly (typeof PHASES)[number][] =>
  PHASES.filter((_, i) => (a[i] ?? 0) > (b[i] ?? 0) + 1e-9);
