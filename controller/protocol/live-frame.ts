import type { Fault } from "../model/fault.ts";
import type { LimitSource, Schedule, OperatorState } from "../model/limit.ts";
import type { Phase, PhaseVector } from "../model/phase.ts";
import type { VehicleState } from "../model/reading.ts";
import type { Reason } from "../model/setpoint.ts";
import type { StrategyName } from "../model/strategy.ts";

/** Energy that vehicles could have taken on a day had a circuit not bound them, Wh: by its phases, and by its power. */
export type LiveWaited = {
  /** The day on the site, such as 2026-03-01. */
  readonly day: string;
  readonly phasesWh: PhaseVector;
  readonly powerWh: number;
};

/** One circuit as people see it this cycle; currents in A per phase. */
export type LiveCircuit = {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  readonly sealedA: PhaseVector;
  /** The sealed power of all phases together, W; null: none. */
  readonly sealedPowerW: number | null;
  readonly limitA: PhaseVector;
  readonly limitSource: LimitSource;
  /** The limit on the power of everything on the circuit, W, and whose it is; null: none. */
  readonly powerW: number | null;
  readonly powerSource: LimitSource;
  /** The limit on the power of the EVSEs behind it alone, W, and whose it is; null: none. */
  readonly evPowerW: number | null;
  readonly evPowerSource: LimitSource;
  /** End of the lease in force, wall time; null: no lease. */
  readonly leaseEndsAt: string | null;
  readonly reserveA: number;
  /** The reserve that the largest step of its building load in the last hours asks for; null: its meter showed nothing to tell. */
  readonly reserveAskedA: number | null;
  readonly buildingA: PhaseVector;
  /** Upper bound of what our EVSEs below may draw (R2). */
  readonly accountedA: PhaseVector;
  /** What they were measured to draw. */
  readonly drawnA: PhaseVector;
  /** Limit less reserve, building load and accounted current: what is still free; negative: over. */
  readonly headroomA: PhaseVector;
  /**
   * What one more ampere of each phase would bring at the best use among those served, W. Where phases bind together the price of
   * all may stand on one of them; the sum is what an ampere on each brings.
   */
  readonly shadowPriceW: PhaseVector;
  /** Days on which energy waited for this circuit, oldest first. */
  readonly waited: readonly LiveWaited[];
  readonly meter: {
    readonly id: string;
    readonly ageMs: number | null;
    readonly state: "fresh" | "old" | "lost";
  } | null;
  /** Whether the sum of failsafe currents and the worst load fits (R6). */
  readonly fallback: "proven" | "unproven" | "disproven";
};

/** What a vehicle still needs as people see it; null: unknown. */
export type LiveNeed = {
  /** Wall time, ISO 8601. */
  readonly departsAt: string | null;
  readonly energyWh: number | null;
  /** Learned from earlier sessions; else somebody said it. */
  readonly isEstimated: boolean;
};

/** One EVSE as people see it this cycle; currents in A per phase. */
export type LiveEvse = {
  readonly id: string;
  readonly station: string;
  readonly number: number;
  readonly circuit: string;
  readonly phases: readonly Phase[];
  readonly priority: number;
  readonly state: VehicleState | null;
  readonly isReachable: boolean;
  readonly setpointA: number;
  /** What it would get if no other EVSE drew anything. */
  readonly aloneA: number;
  /** What the station says it offers; null: it does not say. */
  readonly offeredA: number | null;
  /** Measured per grid phase; null: not measured. */
  readonly drawnA: PhaseVector | null;
  readonly powerW: number | null;
  readonly energyWh: number | null;
  readonly reason: Reason;
  /** What its vehicle still needs; null: nothing is known. */
  readonly need: LiveNeed | null;
  /** Until when it comes before all others, wall time; null: it does not. */
  readonly boostEndsAt: string | null;
};

/** One inverter as people see it this cycle; null: it does not say, or has not for a while. */
export type LiveInverter = {
  readonly id: string;
  readonly name: string;
  readonly circuit: string;
  readonly isReachable: boolean;
  /** What its solar generator gives. */
  readonly pvPowerW: number | null;
  /** Charging positive. */
  readonly batteryPowerW: number | null;
  readonly batterySocPct: number | null;
  /** What it feeds in, per phase. */
  readonly currentA: PhaseVector | null;
};

/** What the world sees of one cycle: page, API, topics. */
export type LiveFrame = {
  readonly cycle: number;
  /** Wall time of the snapshot, ISO 8601. */
  readonly at: string;
  readonly cycleMs: number;
  /** How long after it was due the cycle began, ms. */
  readonly lateMs: number;
  readonly site: {
    readonly id: string;
    readonly name: string;
    readonly timezone: string;
    readonly strategy: StrategyName;
    readonly isEmergencyStopped: boolean;
    /** Whether the generator feeds the site and its limits hold. */
    readonly isOnGenerator: boolean;
  };
  readonly circuits: readonly LiveCircuit[];
  readonly evses: readonly LiveEvse[];
  readonly stations: readonly {
    readonly id: string;
    readonly name: string;
    readonly profile: string;
    readonly isReachable: boolean;
    readonly isFailsafeProven: boolean;
  }[];
  readonly inverters: readonly LiveInverter[];
  readonly faults: readonly Fault[];
  /** The weekly schedules of the circuits that have one. */
  readonly schedules: readonly Schedule[];
  /** What the grid operator limits; null: the site file names none. */
  readonly gridOperator: OperatorState | null;
};
