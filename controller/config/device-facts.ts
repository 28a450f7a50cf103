/** Transports of a profile with the settings that hold where the site file names none. */
export type TransportDefaults = {
  readonly "modbus-tcp"?: { readonly port: number; readonly unitId: number };
  readonly "modbus-rtu"?: { readonly baudRate: number; readonly framing: string; readonly unitId: number };
  readonly mqtt?: { readonly prefix: string };
};

/** What configuration needs to know of a family of stations. */
export type StationFacts = {
  readonly kind: "station";
  readonly id: string;
  readonly transports: TransportDefaults;
  readonly minA: number;
  readonly maxA: number;
  readonly stepA: number;
  /** Silence until its own watchdog acts, ms; null: it has none. */
  readonly watchdogMs: number | null;
  readonly reactionMs: number;
  /** Current after a power cut and before first contact, A; `max`: its rating. */
  readonly powerOnA: number | "max";
  readonly measuresCurrent: boolean;
  /** Whether it falls to a failsafe current that can be written and read back. */
  readonly hasFailsafe: boolean;
  readonly maxEvses: number;
  /** EVSE n answers at unitId + (n - 1) × this; 0: all at one. */
  readonly evseUnitIdStep: number;
};

/** What configuration needs to know of a family of meters. */
export type MeterFacts = {
  readonly kind: "meter";
  readonly id: string;
  readonly transports: TransportDefaults;
  readonly intervalMs: number;
};

/** What configuration needs to know of a family of inverters. */
export type InverterFacts = {
  readonly kind: "inverter";
  readonly id: string;
  readonly transports: TransportDefaults;
};

/** What configuration needs to know of a device profile. */
export type DeviceFacts = StationFacts | MeterFacts | InverterFacts;

/** Facts by profile id. */
export type FactsById = ReadonlyMap<string, DeviceFacts>;
