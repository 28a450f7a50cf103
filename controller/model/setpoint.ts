import type { LimitSource } from "./limit.ts";
import type { Phase } from "./phase.ts";
import type { Instant } from "./time.ts";

/** Why a setpoint is what it is, as data; the page and the topics turn it into a sentence. Phase null: the power of the circuit. */
export type Reason =
  | { readonly code: "no-vehicle" }
  | { readonly code: "full-current" }
  | { readonly code: "uses-less" }
  | { readonly code: "ramping" }
  | { readonly code: "surplus" }
  | { readonly code: "price" }
  | { readonly code: "waiting-turn"; readonly circuit: string; readonly phase: Phase | null }
  | {
      readonly code: "circuit-limit";
      readonly circuit: string;
      readonly phase: Phase | null;
      readonly source: LimitSource;
    }
  | { readonly code: "phase-balance"; readonly circuit: string; readonly phase: Phase | null }
  | { readonly code: "waiting-others"; readonly circuit: string; readonly phase: Phase | null }
  | { readonly code: "meter-old"; readonly circuit: string }
  | { readonly code: "silent" }
  | { readonly code: "disobeys" }
  | { readonly code: "station-fault" }
  | { readonly code: "emergency-stop" }
  | { readonly code: "starting" };

/** What an EVSE is told: a current per phase, why, and until when it holds. */
export type Setpoint = {
  readonly evse: string;
  /** 0, or between the EVSE's minimum and maximum on its step, A per phase (R7). */
  readonly currentA: number;
  readonly reason: Reason;
  readonly expiresAt: Instant;
};
