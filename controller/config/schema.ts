import Type, { type Static } from "typebox";
import { STRATEGY_NAMES } from "../model/strategy.ts";
import { DeviceConfig } from "./schema-device.ts";
import { DemandConfig, EmergencyStopConfig, GeneratorConfig, GridOperatorConfig } from "./schema-inputs.ts";
import { amps, ampsPerPhase, closed, flag, id, name, optionalAmpsPerPhase, power } from "./schema-parts.ts";

/** The site as a whole. */
export const SiteConfig = Type.Object(
  {
    id: id("Short name in topics and file names"),
    name: name("Name for people; left out: the id"),
    timezone: Type.String({ minLength: 1, maxLength: 60, description: "IANA time zone, such as Europe/Berlin" }),
    nominalVoltageV: Type.Number({
      minimum: 100,
      maximum: 480,
      default: 230,
      description: "Voltage between a phase and neutral",
    }),
    cycleMs: Type.Integer({
      minimum: 250,
      maximum: 10_000,
      default: 1000,
      description: "Time from one allocation to the next",
    }),
    exportCreditA: Type.Number({
      minimum: 0,
      maximum: 1000,
      default: 0,
      description: "How much exported current per phase counts as headroom",
    }),
  },
  closed,
);

/** The conductors behind one protective device. */
export const CircuitConfig = Type.Object(
  {
    id: id("Short name"),
    name: name("Name for people; left out: the id"),
    parent: Type.Optional(id("Circuit that feeds this one; only the grid connection has none")),
    limitA: ampsPerPhase("Rating of the protective device, or the contract's limit", 1),
    limitKw: Type.Optional(power("Power of the grid contract, all phases together")),
    transformerKva: Type.Optional(power("Rating of the transformer that feeds the circuit; its kVA count as kW")),
    generatorLimitA: optionalAmpsPerPhase("Limit while the site runs on its generator; left out: limitA"),
    confirmLargeLimit: flag("Keeps a limit that looks like a slip of the keyboard"),
    reserveA: Type.Number({
      minimum: 0,
      maximum: 10_000,
      default: 0,
      description: "Part of the limit per phase that vehicles never get",
    }),
    largestStepA: optionalAmpsPerPhase("Largest single load that switches on by itself (lift, compressor, oven)"),
    meter: Type.Optional(id("Meter that measures this circuit")),
    dedicated: flag("Only stations of this file hang on this circuit"),
    otherLoadA: optionalAmpsPerPhase("Largest load of everything else, where no meter measures it"),
    fallbackLoadA: optionalAmpsPerPhase("Building load assumed while the meter is lost; left out: worstLoadA"),
    worstLoadA: optionalAmpsPerPhase(
      "Largest building load to expect, for the fallback proof; left out: fallbackLoadA, else otherLoadA",
    ),
    maxImbalanceA: Type.Optional(amps("Largest difference between two phases; vehicles are lowered for it")),
    acceptUnproven: flag("The installer accepts that the fallback of this circuit is not proven"),
  },
  closed,
);

/** One EVSE of a station. */
export const EvseConfig = Type.Object(
  {
    id: Type.Integer({ minimum: 1, maximum: 48, description: "Number of the EVSE within its station, from 1" }),
    phases: Type.Array(Type.Enum(["L1", "L2", "L3"]), {
      minItems: 1,
      maxItems: 3,
      description: "Grid phases on its terminals, in their order",
    }),
    minA: Type.Optional(
      Type.Number({ minimum: 1, maximum: 1000, description: "Least charging current; left out: the profile's" }),
    ),
    maxA: Type.Number({
      minimum: 1,
      maximum: 1000,
      description: "Rating: the most its own hardware setting lets it draw",
    }),
    failsafeA: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1000,
        description: "Current it falls to when we are silent; left out: counted at maxA",
      }),
    ),
    priority: Type.Integer({ minimum: 0, maximum: 100, default: 0, description: "Larger is served first" }),
    weight: Type.Number({
      minimum: 0.1,
      maximum: 10,
      default: 1,
      description: "Its part where the strategy is weighted",
    }),
  },
  closed,
);

/** A charging station: one connection, one or more EVSEs. */
export const StationConfig = Type.Object(
  {
    id: id("Short name"),
    name: name("Name for people; left out: the id"),
    circuit: id("Circuit it hangs on"),
    device: DeviceConfig,
    evses: Type.Array(EvseConfig, { minItems: 1, maxItems: 48, description: "Its EVSEs" }),
  },
  closed,
);

/** A meter. */
export const MeterConfig = Type.Object(
  {
    id: id("Short name"),
    measures: Type.Enum(["all", "building", "ev"], {
      description: "Everything on its circuit, the building without our stations, or our stations alone",
    }),
    intervalMs: Type.Optional(
      Type.Integer({
        minimum: 50,
        maximum: 60_000,
        description: "How often it has new values; left out: the profile's",
      }),
    ),
    device: DeviceConfig,
  },
  closed,
);

/** A solar inverter, with or without a battery. */
export const InverterConfig = Type.Object(
  {
    id: id("Short name"),
    name: name("Name for people; left out: the id"),
    circuit: id("Circuit it feeds into"),
    device: DeviceConfig,
  },
  closed,
);

/** The site file: the installer's description of fuses, wiring and devices. */
export const SiteFile = Type.Object(
  {
    site: SiteConfig,
    circuits: Type.Array(CircuitConfig, {
      minItems: 1,
      maxItems: 500,
      description: "Protective devices; they form a tree",
    }),
    stations: Type.Array(StationConfig, { maxItems: 2000, description: "Charging stations" }),
    meters: Type.Array(MeterConfig, { maxItems: 500, default: [], description: "Meters" }),
    inverters: Type.Array(InverterConfig, { maxItems: 100, default: [], description: "Solar inverters and batteries" }),
    strategy: Type.Enum([...STRATEGY_NAMES], {
      default: "equal-share",
      description: "How headroom is shared among EVSEs of one priority",
    }),
    solarFirst: Type.Object(
      {
        gridDrawW: Type.Number({
          minimum: 0,
          maximum: 10_000_000,
          default: 0,
          description: "What the grid connection may draw for vehicles beyond the surplus",
        }),
        floorA: Type.Number({
          minimum: 0,
          maximum: 1000,
          default: 0,
          description: "What every vehicle gets whatever the sun does; 0: nothing",
        }),
      },
      { ...closed, default: {}, description: "Settings of the strategy solar-first" },
    ),
    cheapest: Type.Object(
      {
        cheapShare: Type.Number({
          minimum: 0.05,
          maximum: 1,
          default: 0.5,
          description: "Cheapest part of the known day in which a vehicle with an unknown need charges",
        }),
      },
      { ...closed, default: {}, description: "Settings of the strategy cheapest" },
    ),
    guaranteeMinimums: Type.Boolean({
      default: false,
      description: "Minimums of lower priorities come before maximums of higher ones",
    }),
    gateway: Type.Object(
      {
        mqttPort: Type.Integer({
          minimum: 1,
          maximum: 65_535,
          default: 1883,
          description: "Port of the embedded MQTT broker",
        }),
      },
      { ...closed, default: {}, description: "What stations connect to" },
    ),
    emergencyStop: Type.Optional(EmergencyStopConfig),
    generator: Type.Optional(GeneratorConfig),
    gridOperator: Type.Optional(GridOperatorConfig),
    demand: Type.Optional(DemandConfig),
  },
  {
    ...closed,
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "https://headroom.invalid/schema/site.json",
    title: "Headroom site file",
  },
);

export type SiteConfig = Static<typeof SiteConfig>;
export type CircuitConfig = Static<typeof CircuitConfig>;
export type EvseConfig = Static<typeof EvseConfig>;
export type StationConfig = Static<typeof StationConfig>;
export type MeterConfig = Static<typeof MeterConfig>;
export type InverterConfig = Static<typeof InverterConfig>;
export type SiteFile = Static<typeof SiteFile>;
