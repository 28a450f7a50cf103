import type { Fault } from "./fault.ts";
import type { Limit } from "./limit.ts";
import type { Need } from "./need.ts";
import type { PriceSlot } from "./price.ts";
import type { EvseReading, InverterReading, MeterReading } from "./reading.ts";
import type { StrategyName } from "./strategy.ts";
import type { Instant } from "./time.ts";

/** How the conversation with a station went so far. */
export type StationContact = {
  readonly station: string;
  /** Whether it answers: no poll failed for too long since its last answer. */
  readonly isReachable: boolean;
  /** What may be sent: all; none while its watchdog must run out; as a probe, whether it is back, setpoints alone (R2). */
  readonly traffic: "all" | "none" | "probe";
  /** Whether it surely fell to its failsafe: its watchdog ran out unfed, and since then it was told nothing higher (R2). */
  readonly hasFallenBack: boolean;
  /** When it last answered. */
  readonly lastAnswerAt: Instant | null;
  /** Whether its failsafe was written and read back in this contact or the last. */
  readonly isFailsafeProven: boolean;
};

/** The fate of the newest write to an EVSE. */
export type WriteState = {
  readonly evse: string;
  /** The last acknowledged current and every one sent since, A: the station may hold any of them; empty: none was sent. */
  readonly possibleA: readonly number[];
  /** The newest acknowledged setpoint, A. */
  readonly acknowledgedA: number | null;
  readonly acknowledgedAt: Instant | null;
};

/** Everything known at one instant; frozen. */
export type Snapshot = {
  readonly at: Instant;
  readonly evses: ReadonlyMap<string, EvseReading>;
  readonly meters: ReadonlyMap<string, MeterReading>;
  readonly inverters: ReadonlyMap<string, InverterReading>;
  readonly contacts: ReadonlyMap<string, StationContact>;
  readonly writes: ReadonlyMap<string, WriteState>;
  readonly limits: readonly Limit[];
  /** What the vehicles at the EVSEs need, where it is known. */
  readonly needs: ReadonlyMap<string, Need>;
  /** The EVSEs that come before all others for a time, and when that ends. */
  readonly boosts: ReadonlyMap<string, Instant>;
  /** How the headroom is divided now. */
  readonly strategy: StrategyName;
  /** What energy costs, in the order of time, as far as it is known. */
  readonly prices: readonly PriceSlot[];
  /** Emergency-stop or fire-alarm contact: latched until released by a person (R12). */
  readonly isEmergencyStopped: boolean;
  /** Whether the site is fed by its generator: its sealed limits are in force then. */
  readonly isOnGenerator: boolean;
  readonly faults: readonly Fault[];
};
