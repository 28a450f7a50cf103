import type { PhaseVector } from "./phase.ts";
import type { Instant } from "./time.ts";

/** IEC 61851-1 vehicle state: A no vehicle, B connected, C charging, D charging with ventilation, E and F fault. */
export type VehicleState = "A" | "B" | "C" | "D" | "E" | "F";

/** What an EVSE said of itself at one instant; null: the device does not say. */
export type EvseReading = {
  /** `<station>/<number>`. */
  readonly evse: string;
  /** When it was sampled: poll time less the device's own latency. */
  readonly sampledAt: Instant;
  readonly state: VehicleState;
  /** Current drawn per terminal of the station (not yet rotated onto the grid), A. */
  readonly terminalA: PhaseVector | null;
  /** The limit the station says it holds, read back from it, A. */
  readonly offeredA: number | null;
  readonly powerW: number | null;
  /** Lifetime energy counter, Wh. */
  readonly energyWh: number | null;
  /** The failsafe current it holds, read back from it, A. */
  readonly failsafeA: number | null;
  /** The failsafe time-out it holds, read back from it, ms; 0: off. */
  readonly failsafeTimeoutMs: number | null;
};

/** What an inverter said at one instant; null: it does not say, or has no such part. */
export type InverterReading = {
  readonly inverter: string;
  readonly sampledAt: Instant;
  /** What its solar generator gives, W; never negative. */
  readonly pvPowerW: number | null;
  /** Power of its battery, W; charging positive. */
  readonly batteryPowerW: number | null;
  /** State of charge of its battery, %. */
  readonly batterySocPct: number | null;
  /** What it feeds in per grid phase, A; positive. */
  readonly currentA: PhaseVector | null;
};

/** What a meter said at one instant. */
export type MeterReading = {
  readonly meter: string;
  readonly sampledAt: Instant;
  /** Current per grid phase, A; import positive; null: this phase was missing from the answer. */
  readonly currentA: readonly [number | null, number | null, number | null];
  readonly voltageV: PhaseVector | null;
  readonly powerW: number | null;
};

/** The power a meter shows, W: its own figure, else from its currents and voltages; null: a phase is missing. */
export const powerOf = ({ powerW, currentA, voltageV }: MeterReading, nominalVoltageV: number): number | null => {
  if (powerW !== null) return powerW;
  let sumW = 0;
  for (const i of [0, 1, 2] as const) {
    const phaseA = currentA[i];
    if (phaseA === null) return null;
    sumW += phaseA * (voltageV?.[i] ?? nominalVoltageV);
  }
  return sumW;
};
