import { join } from "node:path";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import type { WaitedDay } from "../loop/waited-book.ts";
import { readKept, writeKept } from "./kept-file.ts";

const closed = { additionalProperties: false };
const Amps = Type.Tuple([
  Type.Number({ minimum: 0, maximum: 10_000 }),
  Type.Number({ minimum: 0, maximum: 10_000 }),
  Type.Number({ minimum: 0, maximum: 10_000 }),
]);

// Not an enumeration: a strategy that no longer exists is no damage.
const StrategyName = Type.String({ maxLength: 40 });
const EnergyWh = Type.Number({ minimum: 0, maximum: 1e12 });
const Waited = Type.Object(
  {
    circuit: Type.String({ minLength: 1, maxLength: 100 }),
    day: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }),
    phasesWh: Type.Tuple([EnergyWh, EnergyWh, EnergyWh]),
    powerWh: EnergyWh,
  },
  closed,
);

const RuntimeState = Type.Object(
  {
    isEmergencyStopped: Type.Boolean(),
    limits: Type.Array(
      Type.Object(
        {
          circuit: Type.String({ minLength: 1, maxLength: 100 }),
          source: Type.Union([Type.Literal("operating"), Type.Literal("lease")]),
          limitA: Amps,
          lease: Type.Union([
            Type.Null(),
            Type.Object({ expiresAtWallMs: Type.Number({ minimum: 0, maximum: 1e15 }), afterwardsA: Amps }, closed),
          ]),
        },
        closed,
      ),
      { maxItems: 1000 },
    ),
    /** Holds as long as the site file names the same one as when it was chosen. */
    strategy: Type.Optional(Type.Object({ chosen: StrategyName, insteadOf: StrategyName }, closed)),
    waited: Type.Optional(Type.Array(Waited, { maxItems: 10_000 })),
    prices: Type.Optional(
      Type.Array(
        Type.Object(
          {
            startsAtWallMs: Type.Number({ minimum: 0, maximum: 1e15 }),
            endsAtWallMs: Type.Number({ minimum: 0, maximum: 1e15 }),
            pricePerKwh: Type.Number({ minimum: -1000, maximum: 1000 }),
          },
          closed,
        ),
        { maxItems: 400 },
      ),
    ),
  },
  closed,
);

/** What people changed at run time and what was counted: a restart must not lose it. */
export type RuntimeState = Omit<Static<typeof RuntimeState>, "waited"> & { readonly waited?: readonly WaitedDay[] };

const check = Compile(RuntimeState);
const NOTHING: RuntimeState = { isEmergencyStopped: false, limits: [] };

/** Path of the state in a data directory. */
const pathIn = (dataDirectory: string): string => join(dataDirectory, "runtime-state.json");

/** The state as it was left; nothing when there is none. Rejects when the file is damaged: a lost limit must not go unnoticed. */
export const readRuntimeState = async (dataDirectory: string): Promise<RuntimeState> => {
  const path = pathIn(dataDirectory);
  const value = await readKept(path);
  if (value === null) return NOTHING;
  if (!check.Check(value)) throw new Error(`${path} is damaged. Move it away to start with the sealed limits.`);
  return value;
};

/** Keeps the state: old or new after a power cut, never half of it. */
export const writeRuntimeState = (dataDirectory: string, state: RuntimeState): Promise<void> =>
  writeKept(pathIn(dataDirectory), state);
