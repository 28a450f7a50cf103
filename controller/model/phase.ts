/** A grid phase. */
export type Phase = "L1" | "L2" | "L3";

/** The grid phases in vector order. */
export const PHASES: readonly Phase[] = ["L1", "L2", "L3"];

/** One value per grid phase, `[L1, L2, L3]`; currents are in A, import positive. */
export type PhaseVector = readonly [number, number, number];

/** The index of a phase in a {@link PhaseVector}. */
export const phaseIndex = (phase: Phase): 0 | 1 | 2 => (phase === "L1" ? 0 : phase === "L2" ? 1 : 2);

/** A vector computed phase by phase. */
export const mapPhases = (f: (index: 0 | 1 | 2) => number): PhaseVector => [f(0), f(1), f(2)];

/** The same value on all three phases. */
export const allPhases = (value: number): PhaseVector => [value, value, value];

/** Nothing on any phase. */
export const ZERO: PhaseVector = [0, 0, 0];

/** Sum, phase by phase. */
export const addPhases = (a: PhaseVector, b: PhaseVector): PhaseVector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

/** Difference, phase by phase. */
export const subtractPhases = (a: PhaseVector, b: PhaseVector): PhaseVector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

/** The larger value of each phase. */
export const maxPhases = (a: PhaseVector, b: PhaseVector): PhaseVector => mapPhases((i) => Math.max(a[i], b[i]));

/** The smaller value of each phase. */
export const minPhases = (a: PhaseVector, b: PhaseVector): PhaseVector => mapPhases((i) => Math.min(a[i], b[i]));

/** The same current on each of the given grid phases, zero on the others. */
export const onPhases = (phases: readonly Phase[], valueA: number): PhaseVector => {
  const wired = new Set(phases.map(phaseIndex));
  return mapPhases((i) => (wired.has(i) ? valueA : 0));
};
