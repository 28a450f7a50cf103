/** Everything that can be wrong in the world, one line each; exhaustive switches refuse to compile until a new one is handled. */
export const FAULT_CODES = [
  "unreachable",
  "timeout",
  "refused",
  "malformed",
  "implausible",
  "disobeys",
  "failsafe-unproven",
  "failsafe-not-armed",
  "meter-stale",
  "meter-lost",
  "meter-frozen",
  "overload",
  "emergency-stop",
  "cycle-failed",
] as const;

/** The code of a fault: stable, used in the API, logs and translations. */
export type FaultCode = (typeof FAULT_CODES)[number];

/** Something wrong in the world: its code, the id of what it concerns, and a detail for people. */
export type Fault = {
  readonly code: FaultCode;
  readonly subject: string;
  readonly detail: string;
};

/** A fault value. */
export const fault = (code: FaultCode, subject: string, detail: string): Fault => ({ code, subject, detail });
