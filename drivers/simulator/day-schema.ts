import Type from "typebox";
import { Compile } from "typebox/compile";
import type { Day } from "./world/day-file.ts";

const Phase = Type.Enum(["L1", "L2", "L3"]);
const perPhase = <T extends Type.TSchema>(value: T) =>
  Type.Object({ L1: value, L2: value, L3: value }, { additionalProperties: false });
const Amps = Type.Number({ minimum: -100_000, maximum: 100_000 });
const Period = Type.Integer({ minimum: -10_000, maximum: 1_000_000 });

/** A day file, `alloc-day/1`; what it says beyond this (sources, reference results) is left aside. */
const DayFile = Type.Object({
  format: Type.Literal("alloc-day/1"),
  id: Type.String(),
  periodS: Type.Integer({ minimum: 1, maximum: 86_400 }),
  periods: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  nominalVoltageV: Type.Number({ minimum: 50, maximum: 1000 }),
  site: Type.Object({
    circuits: Type.Array(
      Type.Object({
        id: Type.String(),
        parent: Type.Union([Type.String(), Type.Null()]),
        limitA: perPhase(Type.Number({ minimum: 0.1, maximum: 100_000 })),
      }),
      {
        minItems: 1,
      },
    ),
    stations: Type.Array(
      Type.Object({
        id: Type.String(),
        circuit: Type.String(),
        phases: Type.Array(Phase, { minItems: 1, maxItems: 3 }),
        minA: Type.Number({ minimum: 0, maximum: 10_000 }),
        maxA: Type.Number({ minimum: 0, maximum: 10_000 }),
        stepA: Type.Number({ minimum: 0.001, maximum: 1000 }),
      }),
    ),
  }),
  baseLoadA: Type.Record(Type.String(), perPhase(Type.Array(Amps))),
  sessions: Type.Array(
    Type.Object({
      id: Type.String(),
      station: Type.String(),
      arrivalPeriod: Period,
      departurePeriod: Period,
      estimatedDeparturePeriod: Period,
      claimed: Type.Boolean(),
      requestedWh: Type.Number({ minimum: 0, maximum: 1e9 }),
      phases: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)]),
      maxA: Type.Number({ minimum: 0, maximum: 10_000 }),
      wattsPerAmp: Type.Number({ minimum: 1, maximum: 10_000 }),
      priority: Type.Number(),
      seq: Type.Number(),
    }),
  ),
});

const validator = Compile(DayFile);

/** A parsed day file, or every problem with its path. */
export type DayCheck = { readonly day: Day } | { readonly problems: readonly string[] };

/** Checks a value read from a day file. */
export const checkDay = (value: unknown): DayCheck =>
  validator.Check(value)
    ? { day: value }
    : { problems: validator.Errors(value).map((error) => `${error.instancePath}: ${error.message}`) };
