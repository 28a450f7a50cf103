import type { Phase, PhaseVector } from "./phase.ts";
import type { StrategyName, StrategySettings } from "./strategy.ts";

/** The conductors behind one protective device, with the limit of each phase; circuits form a tree. */
export type Circuit = {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  /** The sealed limit, A per phase: the installer's, never exceeded. */
  readonly sealedA: PhaseVector;
  /** The sealed power of all phases together, W: grid contract and transformer; null: the file states none. */
  readonly sealedPowerW: number | null;
  /** The sealed limit while the site runs on its generator, A per phase; null: the same as on the grid. */
  readonly generatorA: PhaseVector | null;
  /** Part of the limit never given to vehicles, A per phase. */
  readonly reserveA: number;
  /** Largest single load that is said to switch on by itself, A per phase; zero: nobody said. */
  readonly largestStepA: PhaseVector;
  /** The largest difference between two phases that vehicles may cause or add to, A; null: any. */
  readonly maxImbalanceA: number | null;
  /** The meter that measures this circuit, if any. */
  readonly meter: string | null;
  /** Building load assumed when the meter is lost, A per phase. */
  readonly fallbackLoadA: PhaseVector;
  /** Largest building load the installer expects, A per phase: for the proof of R6. */
  readonly worstLoadA: PhaseVector;
  /** Constant load of an unmeasured circuit, A per phase. */
  readonly otherLoadA: PhaseVector;
};

/** What a meter measures: everything on its circuit, the building without our EVSEs, or our EVSEs alone. */
export type MeterScope = "all" | "building" | "ev";

/** A meter as the loop sees it. */
export type Meter = {
  readonly id: string;
  readonly measures: MeterScope;
  /** The circuit it measures. */
  readonly circuit: string;
  /** How often it has a new value, ms. */
  readonly intervalMs: number;
};

/** An inverter, with or without a battery, as the loop sees it. */
export type Inverter = {
  readonly id: string;
  readonly name: string;
  /** The circuit it feeds into. */
  readonly circuit: string;
};

/** Charges one vehicle at a time: what amps are allocated to. */
export type Evse = {
  /** `<station>/<number>`. */
  readonly id: string;
  readonly station: string;
  readonly number: number;
  readonly circuit: string;
  /** Grid phases it is wired to, in the order of its terminals. */
  readonly phases: readonly Phase[];
  readonly minA: number;
  readonly maxA: number;
  /** Setpoints are multiples of this, A. */
  readonly stepA: number;
  /** Larger is served first; classes are strict. */
  readonly priority: number;
  /** Its part where the headroom is divided by weight. */
  readonly weight: number;
  /** Current it falls to by itself when we are silent, A; counts only once proven. */
  readonly failsafeA: number | null;
  /** Current it may draw when it returns from an outage and before first contact, A. */
  readonly powerOnA: number;
};

/** The box: one or more EVSEs behind one connection. */
export type Station = {
  readonly id: string;
  readonly name: string;
  readonly profile: string;
  /** Silence after which its own watchdog falls to the failsafe current, ms; null: it has none. */
  readonly watchdogMs: number | null;
  /** Longest time from an acknowledged write to the new current, ms. */
  readonly reactionMs: number;
  /** Whether its readings include the current drawn. */
  readonly measuresCurrent: boolean;
};

/** A whole site: immutable, checked, every reference resolved. Circuits come parents first. */
export type Site = {
  readonly id: string;
  readonly name: string;
  readonly timezone: string;
  readonly nominalVoltageV: number;
  readonly cycleMs: number;
  /** How much of a negative building load counts as headroom, A per phase. */
  readonly exportCreditA: number;
  readonly strategy: StrategyName;
  readonly strategySettings: StrategySettings;
  /** Whether minimums of lower priority classes come before maximums of higher ones. */
  readonly guaranteeMinimums: boolean;
  readonly circuits: readonly Circuit[];
  readonly stations: readonly Station[];
  readonly evses: readonly Evse[];
  readonly meters: readonly Meter[];
  readonly inverters: readonly Inverter[];
};

/** The circuits from the given one up to the grid connection. */
export const pathToRoot = (circuits: ReadonlyMap<string, Circuit>, id: string): readonly Circuit[] => {
  const path: Circuit[] = [];
  for (let next: string | null = id; next !== null;) {
    const circuit = circuits.get(next);
    if (circuit === undefined) break;
    path.push(circuit);
    next = circuit.parent;
  }
  return path;
};
