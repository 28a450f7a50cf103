import { type PhaseVector, phaseIndex } from "#controller/model/phase.ts";
import { type Building, buildingLoadA } from "./building.ts";
import { type Evse, terminalCurrents } from "./station.ts";

/** A protective device in the simulated tree; limits in A per phase. */
export type WorldCircuit = { readonly id: string; readonly parent: string | null; readonly limitA: PhaseVector };

/** True currents of every circuit including those below, A: index `3 × circuit + phase`. */
export type Flows = { readonly evA: Float64Array; readonly buildingA: Float64Array };

/** Circuits parents first, with each one's way up. */
export type Tree = {
  readonly circuits: readonly WorldCircuit[];
  readonly indexById: ReadonlyMap<string, number>;
  /** Indexes from each circuit up to its root, itself first. */
  readonly paths: readonly (readonly number[])[];
};

const parentsFirst = (circuits: readonly WorldCircuit[]): readonly WorldCircuit[] => {
  const sorted: WorldCircuit[] = [];
  const placed = new Set<string | null>([null]);
  while (sorted.length < circuits.length) {
    const ready = circuits.filter((c) => !placed.has(c.id) && placed.has(c.parent));
    if (ready.length === 0) throw new Error("circuits do not form a tree");
    for (const circuit of ready) {
      sorted.push(circuit);
      placed.add(circuit.id);
    }
  }
  return sorted;
};

/** A tree out of circuits in any order; throws when they form none. */
export const createTree = (circuits: readonly WorldCircuit[]): Tree => {
  const sorted = parentsFirst(circuits);
  const indexById = new Map(sorted.map((circuit, index) => [circuit.id, index]));
  const paths: number[][] = [];
  for (const [index, circuit] of sorted.entries()) {
    const parent = circuit.parent === null ? undefined : indexById.get(circuit.parent);
    paths.push([index, ...(parent === undefined ? [] : (paths[parent] ?? []))]);
  }
  return { circuits: sorted, indexById, paths };
};

/** Nothing flowing anywhere. */
export const createFlows = (tree: Tree): Flows => ({
  evA: new Float64Array(tree.circuits.length * 3),
  buildingA: new Float64Array(tree.circuits.length * 3),
});

const addAlong = (amps: Float64Array, path: readonly number[], phase: number, currentA: number): void => {
  for (const circuit of path) {
    const cell = circuit * 3 + phase;
    amps[cell] = (amps[cell] ?? 0) + currentA;
  }
};

/** Sums what the EVSEs draw, each terminal on the grid phase it is wired to. */
export const sumEvses = (tree: Tree, flows: Flows, evses: readonly Evse[]): void => {
  flows.evA.fill(0);
  for (const evse of evses) {
    if (evse.car === null || evse.car.drawnA === 0) continue;
    const path = tree.paths[tree.indexById.get(evse.spec.circuit) ?? -1] ?? [];
    const terminals = terminalCurrents(evse);
    for (const [terminal, phase] of evse.spec.phases.entries())
      addAlong(flows.evA, path, phaseIndex(phase), terminals[terminal] ?? 0);
  }
};

/** Sums the building's loads. */
export const sumBuilding = (tree: Tree, flows: Flows, building: Building, nowMs: number): void => {
  flows.buildingA.fill(0);
  for (const [index, circuit] of tree.circuits.entries()) {
    const ownA = buildingLoadA(building, circuit.id, nowMs);
    for (const [phase, currentA] of ownA.entries()) addAlong(flows.buildingA, tree.paths[index] ?? [], phase, currentA);
  }
};
