import type { PhaseVector } from "#controller/model/phase.ts";
import type { FuseReport } from "./world/fuse.ts";
import { fuseReports, sessionOutcomes, type World } from "./world/world.ts";

/** What became of a simulated run. */
type RunReport = {
  readonly simulatedS: number;
  readonly deliveredWh: number;
  readonly wantedWh: number;
  readonly circuits: readonly CircuitReport[];
};

/** What the fuses of one circuit went through. */
export type CircuitReport = {
  readonly id: string;
  readonly limitA: PhaseVector;
  readonly peakA: PhaseVector;
  /** The worst of its phases: seconds above the limit, the longest stretch of them, and the largest mean of (I/In)² over a minute. */
  readonly aboveS: number;
  readonly longestAboveS: number;
  readonly worstMinuteHeat: number;
  /** Seconds in which vehicles drew more than the building left, and what of them came later than 10 s. */
  readonly evAboveS: number;
  readonly evLateS: number;
};

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

const circuitReport = (id: string, fuses: readonly FuseReport[]): CircuitReport => {
  const most = (valueOf: (fuse: FuseReport) => number): number => Math.max(...fuses.map(valueOf));
  const perPhase = (valueOf: (fuse: FuseReport) => number): PhaseVector => {
    const [L1 = 0, L2 = 0, L3 = 0] = fuses.map((fuse) => round(valueOf(fuse)));
    return [L1, L2, L3];
  };
  return {
    id,
    limitA: perPhase(({ limitA }) => limitA),
    peakA: perPhase(({ peakA }) => peakA),
    aboveS: round(most(({ aboveS }) => aboveS)),
    longestAboveS: round(most(({ longestAboveS }) => longestAboveS)),
    worstMinuteHeat: round(most(({ worstMinuteS }) => worstMinuteS) / 60, 3),
    evAboveS: round(most(({ evAboveS }) => evAboveS)),
    evLateS: round(most(({ evLateS }) => evLateS)),
  };
};

/** What the fuses went through and what the cars got since a world began, ms of its own time. */
export const runReport = (world: World, startMs: number): RunReport => {
  const outcomes = sessionOutcomes(world);
  return {
    simulatedS: round((world.nowMs - startMs) / 1000),
    deliveredWh: Math.round(outcomes.reduce((sum, { deliveredWh }) => sum + deliveredWh, 0)),
    wantedWh: Math.round(outcomes.reduce((sum, { wantedWh }) => sum + wantedWh, 0)),
    circuits: circuitReports(world),
  };
};

/** What the fuses of every circuit went through. */
export const circuitReports = (world: World): readonly CircuitReport[] =>
  [...Map.groupBy(fuseReports(world), ({ circuit }) => circuit)].map(([id, fuses]) => circuitReport(id, fuses));
