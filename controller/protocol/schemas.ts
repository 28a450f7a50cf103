import Type, { type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { FAULT_CODES } from "../model/fault.ts";
import { LIMIT_COMMANDS, LimitSource, LimitW, OperatorStateSchema, ScheduleSchema } from "./limit-schemas.ts";
import { STRATEGY_NAMES } from "../model/strategy.ts";
import { type Command, type FromControl, PROTOCOL_VERSION, type ToControl } from "./messages.ts";

const closed = { additionalProperties: false };
const Id = Type.String({ minLength: 1, maxLength: 128 });
const Text = Type.String({ maxLength: 500 });
const Amps = Type.Number({ minimum: -100_000, maximum: 100_000 });
const AmpVector = Type.Tuple([Amps, Amps, Amps]);
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const DurationMs = Type.Number({ minimum: 0, maximum: 31 * 24 * 3_600_000 });
const BoostMs = Type.Number({ minimum: 1000, maximum: 24 * 3_600_000 });
const WallMs = Type.Number({ minimum: 0, maximum: 1e15 });
const Version = Type.Literal(PROTOCOL_VERSION);
const Power = Type.Number({ minimum: -1e9, maximum: 1e9 });
const Phase = Type.Enum(["L1", "L2", "L3"]);
const Strategy = Type.Enum([...STRATEGY_NAMES]);
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const Need = Type.Object(
  {
    departsAtWallMs: nullable(Type.Number({ minimum: 0, maximum: 1e15 })),
    energyWh: nullable(Type.Number({ minimum: 0, maximum: 1e7 })),
  },
  closed,
);

const CommandPayload = Type.Union([
  ...LIMIT_COMMANDS,
  Type.Object(
    {
      type: Type.Literal("set-prices"),
      prices: Type.Array(
        Type.Object(
          { startsAtWallMs: WallMs, endsAtWallMs: WallMs, pricePerKwh: Type.Number({ minimum: -1000, maximum: 1000 }) },
          closed,
        ),
        { maxItems: 400 },
      ),
    },
    closed,
  ),
  Type.Object({ type: Type.Literal("emergency-stop"), isStopped: Type.Boolean() }, closed),
  Type.Object({ type: Type.Literal("generator"), isRunning: Type.Boolean() }, closed),
  Type.Object({ type: Type.Literal("set-strategy"), strategy: Strategy }, closed),
  Type.Object({ type: Type.Literal("set-need"), evse: Id, need: nullable(Need) }, closed),
  Type.Object({ type: Type.Literal("set-boost"), evse: Id, durationMs: nullable(BoostMs) }, closed),
]);

const CommandSchema = Type.Object(
  { id: Id, actor: Id, deadlineMs: Type.Number({ minimum: 1, maximum: 60_000 }), payload: CommandPayload },
  closed,
);

const ToControlSchema = Type.Union([
  Type.Object({ v: Version, type: Type.Literal("command"), command: CommandSchema }, closed),
  Type.Object({ v: Version, type: Type.Literal("hello"), role: Type.String({ minLength: 1, maxLength: 32 }) }, closed),
]);

const at = { circuit: Id, phase: nullable(Phase) };
const Reason = Type.Union([
  Type.Object(
    {
      code: Type.Enum([
        "no-vehicle",
        "full-current",
        "uses-less",
        "ramping",
        "surplus",
        "price",
        "silent",
        "disobeys",
        "station-fault",
        "emergency-stop",
        "starting",
      ]),
    },
    closed,
  ),
  Type.Object({ code: Type.Enum(["waiting-turn", "waiting-others", "phase-balance"]), ...at }, closed),
  Type.Object({ code: Type.Literal("circuit-limit"), ...at, source: LimitSource }, closed),
  Type.Object({ code: Type.Literal("meter-old"), circuit: Id }, closed),
]);

const PriceW = Type.Number({ minimum: 0, maximum: 1e6 });
const EnergyWh = Type.Number({ minimum: 0, maximum: 1e12 });
const Waited = Type.Object(
  {
    day: Type.String({ maxLength: 10 }),
    phasesWh: Type.Tuple([EnergyWh, EnergyWh, EnergyWh]),
    powerWh: EnergyWh,
  },
  closed,
);

const LiveCircuit = Type.Object(
  {
    id: Id,
    name: Text,
    parent: nullable(Id),
    sealedA: AmpVector,
    sealedPowerW: nullable(LimitW),
    limitA: AmpVector,
    limitSource: LimitSource,
    powerW: nullable(LimitW),
    powerSource: LimitSource,
    evPowerW: nullable(LimitW),
    evPowerSource: LimitSource,
    leaseEndsAt: nullable(Text),
    reserveA: Amps,
    reserveAskedA: nullable(Amps),
    buildingA: AmpVector,
    accountedA: AmpVector,
    drawnA: AmpVector,
    headroomA: AmpVector,
    shadowPriceW: Type.Tuple([PriceW, PriceW, PriceW]),
    waited: Type.Array(Waited, { maxItems: 100 }),
    meter: nullable(
      Type.Object(
        {
          id: Id,
          ageMs: nullable(Type.Number({ minimum: 0, maximum: 1e12 })),
          state: Type.Enum(["fresh", "old", "lost"]),
        },
        closed,
      ),
    ),
    fallback: Type.Enum(["proven", "unproven", "disproven"]),
  },
  closed,
);

const LiveEvse = Type.Object(
  {
    id: Id,
    station: Id,
    number: Type.Integer({ minimum: 0, maximum: 10_000 }),
    circuit: Id,
    phases: Type.Array(Phase, { maxItems: 3 }),
    priority: Type.Number({ minimum: -1e6, maximum: 1e6 }),
    state: nullable(Type.Enum(["A", "B", "C", "D", "E", "F"])),
    isReachable: Type.Boolean(),
    setpointA: Amps,
    aloneA: Amps,
    offeredA: nullable(Amps),
    drawnA: nullable(AmpVector),
    powerW: nullable(Power),
    energyWh: nullable(Type.Number({ minimum: -1e15, maximum: 1e15 })),
    reason: Reason,
    need: nullable(
      Type.Object(
        {
          departsAt: nullable(Text),
          energyWh: nullable(Type.Number({ minimum: 0, maximum: 1e7 })),
          isEstimated: Type.Boolean(),
        },
        closed,
      ),
    ),
    boostEndsAt: nullable(Text),
  },
  closed,
);

const LiveInverter = Type.Object(
  {
    id: Id,
    name: Text,
    circuit: Id,
    isReachable: Type.Boolean(),
    pvPowerW: nullable(Power),
    batteryPowerW: nullable(Power),
    batterySocPct: nullable(Type.Number({ minimum: 0, maximum: 100 })),
    currentA: nullable(AmpVector),
  },
  closed,
);

const LiveFrameSchema = Type.Object(
  {
    cycle: Count,
    at: Text,
    cycleMs: DurationMs,
    lateMs: Type.Number({ minimum: -1e12, maximum: 1e12 }),
    site: Type.Object(
      {
        id: Id,
        name: Text,
        timezone: Text,
        strategy: Strategy,
        isEmergencyStopped: Type.Boolean(),
        isOnGenerator: Type.Boolean(),
      },
      closed,
    ),
    circuits: Type.Array(LiveCircuit, { maxItems: 5000 }),
    evses: Type.Array(LiveEvse, { maxItems: 5000 }),
    stations: Type.Array(
      Type.Object(
        { id: Id, name: Text, profile: Text, isReachable: Type.Boolean(), isFailsafeProven: Type.Boolean() },
        closed,
      ),
      { maxItems: 5000 },
    ),
    inverters: Type.Array(LiveInverter, { maxItems: 500 }),
    faults: Type.Array(
      Type.Object(
        { code: Type.Enum([...FAULT_CODES]), subject: Text, detail: Type.String({ maxLength: 5000 }) },
        closed,
      ),
      { maxItems: 10_000 },
    ),
    schedules: Type.Array(ScheduleSchema, { maxItems: 5000 }),
    gridOperator: nullable(OperatorStateSchema),
  },
  closed,
);

const FromControlSchema = Type.Union([
  Type.Object({ v: Version, type: Type.Literal("live"), frame: LiveFrameSchema }, closed),
  Type.Object(
    {
      v: Version,
      type: Type.Literal("reply"),
      reply: Type.Object(
        {
          id: Id,
          outcome: Type.Enum(["applied", "clamped", "refused"]),
          reason: nullable(Type.String({ maxLength: 2000 })),
        },
        closed,
      ),
    },
    closed,
  ),
]);

const toControl = Compile(ToControlSchema);
const fromControl = Compile(FromControlSchema);
const command = Compile(CommandSchema);

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};

/** A client's line as a message; null: malformed, out of range or of another protocol version. */
export const parseToControl = (line: string): ToControl | null => {
  const value = parseJson(line);
  return toControl.Check(value) ? value : null;
};

/** Control's line as a message; null: malformed, out of range or of another protocol version. */
export const parseFromControl = (line: string): FromControl | null => {
  const value = parseJson(line);
  return fromControl.Check(value) ? value : null;
};

/** Whether a command is well formed and within its ranges. */
export const isCommand = (value: unknown): value is Command => command.Check(value);
