import { join } from "node:path";
import Type, { type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { KeptLimits } from "../loop/limits/running-limits.ts";
import type { StoredPrice } from "../loop/price-store.ts";
import type { WaitedDay } from "../loop/waited-book.ts";
import { LPC_STATES, SET_SOURCES } from "../model/limit.ts";
import { ScheduleSchema } from "../protocol/limit-schemas.ts";
import { readKept, writeKept } from "./kept-file.ts";
import { ChosenStrategy, isStateV1, limitsOfV1, Prices, Waited } from "./runtime-state-v1.ts";

const closed = { additionalProperties: false };
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Amp = Type.Number({ minimum: 0, maximum: 100_000 });
const Watts = Type.Number({ minimum: 0, maximum: 1e9 });
const WallMs = Type.Number({ minimum: 0, maximum: 1e15 });
const value = {
  limitA: nullable(Type.Tuple([Amp, Amp, Amp])),
  powerW: nullable(Watts),
};

const StoredLimits = Type.Array(
  Type.Object(
    {
      circuit: Type.String({ minLength: 1, maxLength: 100 }),
      source: Type.Enum([...SET_SOURCES]),
      ...value,
      lease: nullable(Type.Object({ expiresAtWallMs: WallMs, afterwards: Type.Object(value, closed) }, closed)),
    },
    closed,
  ),
  { maxItems: 3000 },
);

const Lpc = Type.Object(
  {
    state: Type.Enum([...LPC_STATES]),
    givenFailsafe: nullable(
      Type.Object({ powerW: Watts, minimumMs: Type.Number({ minimum: 0, maximum: 1e9 }) }, closed),
    ),
    limit: nullable(Type.Object({ powerW: Watts, endsAtWallMs: nullable(WallMs) }, closed)),
  },
  closed,
);

const StateFile = Type.Object(
  {
    v: Type.Literal(2),
    isEmergencyStopped: Type.Boolean(),
    isOnGenerator: Type.Boolean(),
    limits: StoredLimits,
    schedules: Type.Array(ScheduleSchema, { maxItems: 1000 }),
    gridOperator: nullable(Type.Object({ isContactDimmed: Type.Boolean(), lpc: nullable(Lpc) }, closed)),
    strategy: nullable(ChosenStrategy),
    waited: Type.Array(Waited, { maxItems: 10_000 }),
    prices: Prices,
  },
  closed,
);

/** What people changed at run time and what was counted: a restart must not lose it. */
export type RuntimeState = KeptLimits & {
  readonly isEmergencyStopped: boolean;
  readonly isOnGenerator: boolean;
  /** Holds as long as the site file names the same one as when it was chosen; null: the site file's. */
  readonly strategy: { readonly chosen: string; readonly insteadOf: string } | null;
  /** The energy that waited. */
  readonly waited: readonly WaitedDay[];
  readonly prices: readonly StoredPrice[];
};

const check = Compile(StateFile);
const NOTHING: RuntimeState = {
  isEmergencyStopped: false,
  isOnGenerator: false,
  limits: [],
  schedules: [],
  gridOperator: null,
  strategy: null,
  waited: [],
  prices: [],
};

/** Path of the state in a data directory. */
const pathIn = (dataDirectory: string): string => join(dataDirectory, "runtime-state.json");

/** The state as it was left; nothing when there is none. Rejects when the file is damaged: a lost limit must not go unnoticed. */
export const readRuntimeState = async (dataDirectory: string): Promise<RuntimeState> => {
  const path = pathIn(dataDirectory);
  const found = await readKept(path);
  if (found === null) return NOTHING;
  if (check.Check(found)) return found;
  if (!isStateV1(found)) throw new Error(`${path} is damaged. Move it away to start with the sealed limits.`);
  const { isEmergencyStopped, strategy = null, waited = [], prices = [] } = found;
  return { ...NOTHING, isEmergencyStopped, strategy, waited, prices, limits: limitsOfV1(found) };
};

/** Keeps the state: old or new after a power cut, never half of it. */
export const writeRuntimeState = (dataDirectory: string, state: RuntimeState): Promise<void> =>
  writeKept(pathIn(dataDirectory), { v: 2, ...state });
