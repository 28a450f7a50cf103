/** The grid phases in vector order. */
export const PHASES = ["L1", "L2", "L3"] as const;
