import { phaseIndex, PHASES, type Phase } from "../model/phase.ts";
import type { Circuit, Evse, Site, Station } from "../model/site.ts";

/**
 * A row is one phase of one circuit, `circuit index × 3 + phase index`, or behind all of these the power of one circuit, in
 * A summed over its phases; every sum and limit lives on a row. An EVSE lists a power row once for each phase it uses.
 */
export type Rows = Int32Array;

/** An EVSE with everything the division needs to know of its place in the tree. */
export type PlannedEvse = {
  readonly evse: Evse;
  readonly station: Station;
  /** Bit 1 for L1, 2 for L2, 4 for L3: the grid phases it is wired to. */
  readonly wiredMask: number;
  /** Rows it loads when it uses exactly the phases of a mask, indexed by that mask; see {@link phaseOfEntry}. */
  readonly rowsByMask: readonly Rows[];
  /** The circuits it hangs behind, by index, its own first. */
  readonly path: readonly number[];
};

/** A site laid out for the division: made once, used every cycle. Circuits are in the site's order, parents first. */
export type Plan = {
  readonly site: Site;
  readonly rowCount: number;
  readonly circuitIndex: ReadonlyMap<string, number>;
  readonly parentIndex: readonly number[];
  /** How long the slowest station behind each circuit takes to pass a current on, ms. */
  readonly reactionMs: readonly number[];
  readonly evses: readonly PlannedEvse[];
};

/** The bit of a grid phase in a phase mask. */
export const phaseBit = (phase: Phase): number => 1 << phaseIndex(phase);

/** The phase mask of a list of grid phases. */
const maskOf = (phases: readonly Phase[]): number => phases.reduce((mask, phase) => mask | phaseBit(phase), 0);

/** Whether an EVSE hangs behind a circuit, given by its index: directly or further down. */
export const isBehind = ({ path }: PlannedEvse, circuitIndex: number): boolean => path.includes(circuitIndex);

/** The circuit and phase a row stands for; null: its power, all phases together. */
export const describeRow = (plan: Plan, row: number): { readonly circuit: Circuit; readonly phase: Phase | null } => {
  const { circuits } = plan.site;
  const powerIndex = row - circuits.length * 3;
  const circuit = circuits[powerIndex < 0 ? Math.floor(row / 3) : powerIndex];
  if (circuit === undefined) throw new Error(`no such row: ${row}`);
  return { circuit, phase: powerIndex < 0 ? (PHASES[row % 3] ?? null) : null };
};

/** The row of the power of a circuit, given by its index. */
export const powerRow = ({ site }: Plan, circuitIndex: number): number => site.circuits.length * 3 + circuitIndex;

/** The index of the phase behind an entry of the rows of a mask. */
export const phaseOfEntry = (mask: number, entry: number): 0 | 1 | 2 => {
  const phases = PHASES_OF_MASK[mask] ?? [];
  return phases[entry % phases.length] ?? 0;
};

const PHASES_OF_MASK = Array.from({ length: 8 }, (_, mask) =>
  ([0, 1, 2] as const).filter((phase) => (mask & (1 << phase)) !== 0),
);

/** Lays out a site for the division. Throws when a reference does not resolve: the site was not checked. */
export const planSite = (site: Site): Plan => {
  const circuitIndex = new Map(site.circuits.map((circuit, index) => [circuit.id, index]));
  const parentIndex = site.circuits.map((circuit) =>
    circuit.parent === null ? -1 : lookUp(circuitIndex, circuit.parent),
  );
  const stations = new Map(site.stations.map((station) => [station.id, station]));
  const evses = site.evses.map((evse) => {
    const path = pathOf(lookUp(circuitIndex, evse.circuit), parentIndex);
    const rows = rowsByMask(path, site.circuits.length);
    return { evse, station: lookUp(stations, evse.station), wiredMask: maskOf(evse.phases), rowsByMask: rows, path };
  });
  const reactionMs = site.circuits.map((_, index) => slowestBehind(evses, index));
  return { site, rowCount: site.circuits.length * 4, circuitIndex, parentIndex, reactionMs, evses };
};

const slowestBehind = (evses: readonly PlannedEvse[], circuitIndex: number): number =>
  evses.reduce((most, each) => (isBehind(each, circuitIndex) ? Math.max(most, each.station.reactionMs) : most), 0);

const lookUp = <T>(map: ReadonlyMap<string, T>, id: string): T => {
  const found = map.get(id);
  if (found === undefined) throw new Error(`the site names '${id}' but has no such part`);
  return found;
};

const pathOf = (circuit: number, parentIndex: readonly number[]): readonly number[] => {
  const path: number[] = [];
  for (let next = circuit; next >= 0; next = parentIndex[next] ?? -1) path.push(next);
  return path;
};

/** Circuit by circuit: the row of each phase, then the power row as often. */
const rowsByMask = (path: readonly number[], circuitCount: number): readonly Rows[] =>
  PHASES_OF_MASK.map((phases) =>
    Int32Array.from(
      path.flatMap((circuit) => [
        ...phases.map((phase) => circuit * 3 + phase),
        ...phases.map(() => circuitCount * 3 + circuit),
      ]),
    ),
  );
