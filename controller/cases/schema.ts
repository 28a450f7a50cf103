import Type, { type Static } from "typebox";

const MOST_AMPS = 100_000;
const amps = () => Type.Number({ minimum: 0, maximum: MOST_AMPS });
const phase = Type.Enum(["L1", "L2", "L3"]);
const phases = (value: ReturnType<typeof Type.Number>) => Type.Object({ L1: value, L2: value, L3: value });
const load = Type.Number({ minimum: -MOST_AMPS, maximum: MOST_AMPS });
const id = Type.String({ minLength: 1, maxLength: 200 });

const CaseCircuit = Type.Object({
  id,
  parent: Type.Union([id, Type.Null()]),
  limitA: phases(amps()),
  baseLoadA: Type.Optional(phases(load)),
});

const CaseStation = Type.Object({
  id,
  circuit: id,
  phases: Type.Array(phase, { minItems: 1, maxItems: 3, uniqueItems: true }),
  minA: amps(),
  maxA: amps(),
  stepA: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
});

/** The site of a case: circuits in any order, one of them without a parent. */
const CaseSite = Type.Object({
  circuits: Type.Array(CaseCircuit, { minItems: 1, maxItems: 2000 }),
  stations: Type.Array(CaseStation, { maxItems: 5000 }),
});

const seconds = Type.Number({ minimum: -1e9, maximum: 1e9 });
const energyWh = Type.Number({ minimum: 0, maximum: 1e9 });

/** A vehicle of a case; times relative to now. */
const CaseVehicle = Type.Object({
  id,
  station: id,
  phases: Type.Integer({ minimum: 1, maximum: 3 }),
  maxA: amps(),
  minA: Type.Optional(amps()),
  priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000 })),
  weight: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1000 })),
  wattsPerAmp: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000 })),
  arrivedAtS: Type.Optional(seconds),
  departsInS: Type.Optional(Type.Union([seconds, Type.Null()])),
  energyRemainingWh: Type.Optional(Type.Union([energyWh, Type.Null()])),
  setpointNowA: Type.Optional(amps()),
  drawnNowA: Type.Optional(amps()),
  wantsCharge: Type.Optional(Type.Boolean()),
  controllable: Type.Optional(Type.Boolean()),
  fixedA: Type.Optional(amps()),
});

/** A single moment of a site (`alloc-instant/1`); keys beyond these are ignored. */
export const InstantCase = Type.Object({
  format: Type.Literal("alloc-instant/1"),
  id,
  nominalVoltageV: Type.Optional(Type.Number({ minimum: 50, maximum: 1000 })),
  site: CaseSite,
  evs: Type.Array(CaseVehicle, { maxItems: 5000 }),
});

/** The first line of a stream. */
export const StreamStart = Type.Object({
  type: Type.Literal("init"),
  site: CaseSite,
  stepS: Type.Number({ exclusiveMinimum: 0, maximum: 86_400 }),
  nominalVoltageV: Type.Optional(Type.Number({ minimum: 50, maximum: 1000 })),
});

/** Every further line of a stream. */
export const StreamStep = Type.Object({
  type: Type.Literal("step"),
  timeS: Type.Number({ minimum: 0, maximum: 1e9 }),
  baseLoadA: Type.Record(Type.String(), phases(load)),
  evs: Type.Array(CaseVehicle, { maxItems: 5000 }),
});

export type CaseSite = Static<typeof CaseSite>;
export type CaseVehicle = Static<typeof CaseVehicle>;
export type InstantCase = Static<typeof InstantCase>;
export type StreamStart = Static<typeof StreamStart>;
export type StreamStep = Static<typeof StreamStep>;
