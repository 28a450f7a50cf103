import Type, { type TSchema } from "typebox";
import { LIMIT_SOURCES, SET_SOURCES, SCHEDULE_STEP_MINUTES, LPC_STATES } from "../model/limit.ts";

const closed = { additionalProperties: false };
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Circuit = Type.String({ minLength: 1, maxLength: 128 });
const LimitA = Type.Number({ minimum: 0, maximum: 100_000 });
const DurationMs = Type.Number({ minimum: 0, maximum: 31 * 24 * 3_600_000 });

/** Who gave a limit. */
export const LimitSource = Type.Enum([...LIMIT_SOURCES]);

/** A power that bounds, W. */
export const LimitW = Type.Number({ minimum: 0, maximum: 1e9 });

const value = { limitA: nullable(Type.Tuple([LimitA, LimitA, LimitA])), powerW: nullable(LimitW) };
const LimitValue = Type.Object(value, closed);

const minuteOfDay = (minimum: number, maximum: number) =>
  Type.Integer({ minimum, maximum, multipleOf: SCHEDULE_STEP_MINUTES });

const ScheduleEntries = Type.Array(
  Type.Object(
    {
      weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 }),
      fromMinute: minuteOfDay(0, 1440 - SCHEDULE_STEP_MINUTES),
      toMinute: minuteOfDay(SCHEDULE_STEP_MINUTES, 1440),
      ...value,
    },
    closed,
  ),
  { maxItems: 50 },
);

/** The weekly schedule of a circuit. */
export const ScheduleSchema = Type.Object({ circuit: Circuit, entries: ScheduleEntries }, closed);

/** What the grid operator limits. */
export const OperatorStateSchema = Type.Object(
  { lpc: nullable(Type.Enum([...LPC_STATES])), isContactDimmed: Type.Boolean(), powerW: nullable(LimitW) },
  closed,
);

const OperatorSignal = Type.Union([
  Type.Object({ type: Type.Literal("heartbeat") }, closed),
  Type.Object(
    {
      type: Type.Literal("limit"),
      isActive: Type.Boolean(),
      powerW: LimitW,
      durationMs: nullable(DurationMs),
    },
    closed,
  ),
  Type.Object({ type: Type.Literal("failsafe"), powerW: LimitW, minimumMs: DurationMs }, closed),
  Type.Object({ type: Type.Literal("contact"), isDimmed: Type.Boolean() }, closed),
]);

/** The commands that set limits. */
export const LIMIT_COMMANDS = [
  Type.Object(
    {
      type: Type.Literal("set-limit"),
      circuit: Circuit,
      source: Type.Enum([...SET_SOURCES]),
      value: nullable(LimitValue),
      lease: nullable(Type.Object({ durationMs: DurationMs, afterwards: LimitValue }, closed)),
    },
    closed,
  ),
  Type.Object({ type: Type.Literal("set-schedule"), circuit: Circuit, entries: ScheduleEntries }, closed),
  Type.Object({ type: Type.Literal("grid-operator"), signal: OperatorSignal }, closed),
] as const;
