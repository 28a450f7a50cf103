import { phaseIndex } from "#controller/model/phase.ts";
import { carPowerW } from "../world/car.ts";
import type { World } from "../world/world.ts";
import type { SessionTally } from "./session.ts";

/** What was counted of the currents of a whole site. */
export type CurrentTally = {
  peakSiteEvA: number;
  peakEvKW: number;
  maxPilotOverLimitA: number;
  periodsOverLimit: number;
  /** Steps of all fuses in which vehicles drew more than the building left. */
  overSteps: number;
};

/** Nothing counted yet. */
export const createCurrentTally = (): CurrentTally => ({
  peakSiteEvA: 0,
  peakEvKW: 0,
  maxPilotOverLimitA: 0,
  periodsOverLimit: 0,
  overSteps: 0,
});

/** Counts what flows now that the setpoints of the sessions present have taken effect. */
export const noteCurrents = (tally: CurrentTally, world: World, present: readonly SessionTally[]): void => {
  tally.peakSiteEvA = Math.max(tally.peakSiteEvA, ...world.flows.evA.subarray(0, 3));
  const powerW = world.evses.reduce((sum, { car }) => sum + (car === null ? 0 : carPowerW(car)), 0);
  tally.peakEvKW = Math.max(tally.peakEvKW, powerW / 1000);
  tally.maxPilotOverLimitA = Math.max(tally.maxPilotOverLimitA, pilotOverLimitA(world, present));
};

/** Counts a step that has passed as over the limit if vehicles were at any time of it. */
export const noteExcess = (tally: CurrentTally, world: World): void => {
  const overSteps = world.fuses.flat().reduce((sum, { evAbove }) => sum + evAbove.steps, 0);
  if (overSteps > tally.overSteps) tally.periodsOverLimit += 1;
  tally.overSteps = overSteps;
};

/** The most by which setpoints exceed what the building leaves, on the phases that the vehicles use, A. */
const pilotOverLimitA = ({ tree, flows }: World, present: readonly SessionTally[]): number => {
  const pilotA = new Float64Array(flows.evA.length);
  for (const { setpointA, session, station } of present) {
    const path = tree.paths[tree.indexById.get(station.circuit) ?? -1] ?? [];
    for (const phase of station.phases.slice(0, session.phases)) {
      for (const circuit of path) {
        const cell = circuit * 3 + phaseIndex(phase);
        pilotA[cell] = (pilotA[cell] ?? 0) + (setpointA ?? 0);
      }
    }
  }
  return pilotA.reduce((most, currentA, cell) => {
    const limitA = tree.circuits[Math.floor(cell / 3)]?.limitA[cell % 3] ?? 0;
    return Math.max(most, currentA - Math.max(0, limitA - (flows.buildingA[cell] ?? 0)));
  }, 0);
};
