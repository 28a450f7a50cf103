/** Tolerance of sums of steps, A: well below what any meter resolves, well above rounding of doubles. */
export const TOLERANCE_A = 1e-6;
