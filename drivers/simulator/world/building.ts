import { addPhases, type Phase, phaseIndex, type PhaseVector, ZERO } from "#controller/model/phase.ts";

/** Load of a building that is constant within each period and repeats after the last one; A per phase and circuit. */
export type BuildingTable = {
  readonly periodMs: number;
  /** Circuit id -> one vector a period. */
  readonly loadA: ReadonlyMap<string, readonly PhaseVector[]>;
};

/** A building: its table and what was switched on by command. */
export type Building = { readonly table: BuildingTable; readonly steps: Map<string, PhaseVector> };

/** A building that follows a table. */
export const createBuilding = (table: BuildingTable): Building => ({ table, steps: new Map() });

/** A building without any load. */
export const EMPTY_TABLE: BuildingTable = { periodMs: 60_000, loadA: new Map() };

/** Load that hangs on one circuit itself, without the circuits below, A per phase. */
export const buildingLoadA = (building: Building, circuit: string, nowMs: number): PhaseVector => {
  const rows = building.table.loadA.get(circuit) ?? [];
  const period = Math.floor(nowMs / building.table.periodMs);
  const tableA = rows[((period % rows.length) + rows.length) % rows.length] ?? ZERO;
  return addPhases(tableA, building.steps.get(circuit) ?? ZERO);
};

/** When the table changes next, ms. */
export const nextBuildingChangeMs = (building: Building, nowMs: number): number => {
  if (building.table.loadA.size === 0) return Infinity;
  return (Math.floor(nowMs / building.table.periodMs) + 1) * building.table.periodMs;
};

/** Adds a load to one phase of a circuit from now on; a negative one takes it away. */
export const addBuildingStep = (building: Building, circuit: string, phase: Phase, stepA: number): void => {
  const before = building.steps.get(circuit) ?? ZERO;
  const after: [number, number, number] = [before[0], before[1], before[2]];
  after[phaseIndex(phase)] += stepA;
  building.steps.set(circuit, after);
};
