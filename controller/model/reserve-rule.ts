import type { PhaseVector } from "./phase.ts";

/** A protective device carries this part of its rating more for an hour at least (IEC 60898-1: conventional non-tripping current). */
const TOLERATED_SHARE = 0.13;

/**
 * The reserve that keeps a step of the building load below what the protective device tolerates until vehicles have given way,
 * whole A: step less 0.13 of the rating, on the phase where that is most; 0: none is needed.
 */
export const reserveAsked = (ratingA: PhaseVector, stepA: PhaseVector): number =>
  Math.max(0, ...stepA.map((each, i) => Math.ceil(toTenth(each - TOLERATED_SHARE * (ratingA[i] ?? 0)))));

/** What a meter resolves. */
const toTenth = (currentA: number): number => Math.round(10 * currentA) / 10;
