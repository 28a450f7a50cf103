import { PHASES, type Phase, type PhaseVector } from "#controller/model/phase.ts";

/** Length of one step of the simulated world, ms. */
export const STEP_MS = 100;

const WINDOW_STEPS = 60_000 / STEP_MS;
const TOLERANCE_A = 1e-6;

/** What a fuse tolerates of vehicles after a load step: the time that stations and cars take to follow. */
const REACTION_STEPS = 10_000 / STEP_MS;

type Run = { readonly squared: number; steps: number };

/** Time spent above a bound, in steps. */
type Excess = { steps: number; run: number; longestRun: number; lateSteps: number };

/** The reference fuse of one phase of one circuit: what flowed through it so far. */
export type Fuse = {
  readonly limitA: number;
  peakA: number;
  readonly above: Excess;
  /** The same for vehicles alone, against what the building leaves of the limit. */
  readonly evAbove: Excess;
  /** The most by which vehicles exceeded that, A. */
  evMostAboveA: number;
  /** Steps x (I/In)² within the window, and their runs, oldest first. */
  windowSum: number;
  worstWindowSum: number;
  windowSteps: number;
  readonly runs: Run[];
};

/** What a fuse went through. */
export type FuseReport = {
  readonly circuit: string;
  readonly phase: Phase;
  readonly limitA: number;
  readonly peakA: number;
  /** Time above the limit in all, and the longest stretch of it, s. */
  readonly aboveS: number;
  readonly longestAboveS: number;
  /** Time in which vehicles drew more than the building left of the limit, its longest stretch, and what of it came later than 10 s into a stretch, s. */
  readonly evAboveS: number;
  readonly evLongestAboveS: number;
  readonly evLateS: number;
  /** Largest integral of (I/In)² over any 60 s, in s: 60 is the rated current for a minute. */
  readonly worstMinuteS: number;
  readonly hasExcursion: boolean;
};

const noExcess = (): Excess => ({ steps: 0, run: 0, longestRun: 0, lateSteps: 0 });

/** A fuse through which nothing has flowed. */
export const createFuse = (limitA: number): Fuse => ({
  limitA,
  peakA: 0,
  above: noExcess(),
  evAbove: noExcess(),
  evMostAboveA: 0,
  windowSum: 0,
  worstWindowSum: 0,
  windowSteps: 0,
  runs: [],
});

const append = (fuse: Fuse, squared: number, steps: number): void => {
  const newest = fuse.runs.at(-1);
  if (newest !== undefined && newest.squared === squared) newest.steps += steps;
  else fuse.runs.push({ squared, steps });
  fuse.windowSum += squared * steps;
  fuse.windowSteps += steps;
};

const dropOldest = (fuse: Fuse, steps: number): void => {
  const oldest = fuse.runs[0];
  if (oldest === undefined) return;
  fuse.windowSum -= oldest.squared * steps;
  fuse.windowSteps -= steps;
  oldest.steps -= steps;
  if (oldest.steps === 0) fuse.runs.shift();
};

/** The window slides over runs of equal current, so its sum is linear between the ends of runs: looking there finds the largest. */
const slide = (fuse: Fuse, squared: number, steps: number): void => {
  let left = steps;
  while (left > 0) {
    const room = WINDOW_STEPS - fuse.windowSteps;
    const taken = Math.min(left, room > 0 ? room : (fuse.runs[0]?.steps ?? left));
    if (room === 0 && fuse.runs.length === 1 && fuse.runs[0]?.squared === squared) return;
    if (room === 0) dropOldest(fuse, taken);
    append(fuse, squared, taken);
    fuse.worstWindowSum = Math.max(fuse.worstWindowSum, fuse.windowSum);
    left -= taken;
  }
};

const note = (excess: Excess, isAbove: boolean, steps: number): void => {
  if (!isAbove) {
    excess.run = 0;
    return;
  }
  const late = (run: number): number => Math.max(0, run - REACTION_STEPS);
  excess.lateSteps += late(excess.run + steps) - late(excess.run);
  excess.steps += steps;
  excess.run += steps;
  excess.longestRun = Math.max(excess.longestRun, excess.run);
};

/** Lets constant currents of a building and of vehicles flow for a number of 100 ms steps; exports count by their size. */
export const flow = (fuse: Fuse, buildingA: number, evA: number, steps: number): void => {
  const sizeA = Math.abs(buildingA + evA);
  fuse.peakA = Math.max(fuse.peakA, sizeA);
  note(fuse.above, sizeA > fuse.limitA + TOLERANCE_A, steps);
  const evAboveA = evA - Math.max(0, fuse.limitA - buildingA);
  fuse.evMostAboveA = Math.max(fuse.evMostAboveA, evAboveA);
  note(fuse.evAbove, evAboveA > TOLERANCE_A, steps);
  slide(fuse, (sizeA / fuse.limitA) ** 2, steps);
};

const seconds = (steps: number): number => (steps * STEP_MS) / 1000;

const reportOf = (circuit: string, phase: Phase, fuse: Fuse): FuseReport => ({
  circuit,
  phase,
  limitA: fuse.limitA,
  peakA: fuse.peakA,
  aboveS: seconds(fuse.above.steps),
  longestAboveS: seconds(fuse.above.longestRun),
  evAboveS: seconds(fuse.evAbove.steps),
  evLongestAboveS: seconds(fuse.evAbove.longestRun),
  evLateS: seconds(fuse.evAbove.lateSteps),
  worstMinuteS: seconds(fuse.worstWindowSum),
  hasExcursion: fuse.above.steps > 0,
});

/** The fuses of one circuit, one a phase. */
export const createFuses = (limitA: PhaseVector): readonly Fuse[] => limitA.map(createFuse);

/** The reports of one circuit's fuses. */
export const reportFuses = (circuit: string, fuses: readonly Fuse[]): readonly FuseReport[] =>
  fuses.flatMap((fuse, index) => {
    const phase = PHASES[index];
    return phase === undefined ? [] : [reportOf(circuit, phase, fuse)];
  });
