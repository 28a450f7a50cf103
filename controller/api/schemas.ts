import Type, { type Static, type TSchema } from "typebox";
import type { PhaseVector } from "../model/phase.ts";

const MAX_A = 10_000;
const MAX_W = 100_000_000;

/** The same, or nothing. */
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A current, A; never negative where a person sets it. */
const Current = Type.Number({ minimum: 0, maximum: MAX_A });

/** A current per grid phase, A. */
export const PhaseCurrents = Type.Object({ L1: Current, L2: Current, L3: Current }, { additionalProperties: false });

/** A power of all phases together, W. */
export const Power = Type.Number({ minimum: 0, maximum: MAX_W });

/** One current for all phases, or one per phase, A. */
export const CurrentOrPhases = Type.Union([Current, PhaseCurrents]);

/** The id of a circuit or station as the site file writes it. */
export const Id = Type.String({ minLength: 1, maxLength: 64 });

/** An EVSE in an address: its station and its number there, as text because conversion would cut off decimals. */
export const EvseParams = Type.Object({
  station: Id,
  number: Type.String({ maxLength: 5, pattern: String.raw`^(0|[1-9]\d*)$` }),
});

/** Headers of a request that changes something. */
export const ChangeHeaders = Type.Object({
  "if-match": Type.Optional(Type.String({ maxLength: 200 })),
  "idempotency-key": Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
});

/** What became of a command that was carried out. */
export const Outcome = Type.Object({
  id: Type.String({ maxLength: 64 }),
  outcome: Type.Union([Type.Literal("applied"), Type.Literal("clamped"), Type.Literal("refused")]),
  reason: Type.Union([Type.String({ maxLength: 1000 }), Type.Null()]),
});

/** A vector from either form of current. */
export const toVector = (value: Static<typeof CurrentOrPhases>): PhaseVector =>
  typeof value === "number" ? [value, value, value] : [value.L1, value.L2, value.L3];

/** Named phases from a vector. */
export const toPhases = ([L1, L2, L3]: PhaseVector): Static<typeof PhaseCurrents> => ({ L1, L2, L3 });
