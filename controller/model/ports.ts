import type { Fault } from "./fault.ts";
import type { EvseReading, InverterReading, MeterReading } from "./reading.ts";
import type { Result } from "./result.ts";

/** A station behind its driver. Every call ends within the driver's own deadline and never rejects. */
export type StationDriver = {
  readonly station: string;
  /** The newest reading of each EVSE, fresh from the device or, where it pushes, the last one it sent. */
  poll(): Promise<Result<readonly EvseReading[], Fault>>;
  /** Sets the current of one EVSE, A per phase; 0 pauses. Acknowledged by the device when it resolves ok. */
  write(evseNumber: number, currentA: number): Promise<Result<null, Fault>>;
  /** Whether the failsafe was written and read back since the last contact was made. */
  isFailsafeProven(): boolean;
  close(): Promise<void>;
};

/** A meter behind its driver. */
export type MeterDriver = {
  readonly meter: string;
  poll(): Promise<Result<MeterReading, Fault>>;
  /** Calls back on every sample the device pushes by itself; a polled device never calls. */
  onSample(listener: (reading: MeterReading) => void): void;
  close(): Promise<void>;
};

/** An inverter behind its driver, with or without a battery. It is only read. */
export type InverterDriver = {
  readonly inverter: string;
  poll(): Promise<Result<InverterReading, Fault>>;
  close(): Promise<void>;
};
