import Type, { type Static } from "typebox";

const closed = { additionalProperties: false };
const Name = Type.String({ pattern: "^[a-zA-Z][a-zA-Z0-9]*$", maxLength: 40 });
const Milliseconds = Type.Integer({ minimum: 0, maximum: 3_600_000 });
const RawValue = Type.Union([
  Type.Number({ minimum: -4_294_967_296, maximum: 4_294_967_296 }),
  Type.String({ maxLength: 40 }),
  Type.Boolean(),
]);

/** Where a Modbus value lives and how its words become a number or text. */
export const ModbusPoint = Type.Object(
  {
    table: Type.Enum(["holding", "input", "coil", "discrete"]),
    /** 0-based wire address. */
    address: Type.Integer({ minimum: 0, maximum: 65_535 }),
    type: Type.Enum(["bool", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64", "string"]),
    /** Registers of a string; other types know their length. */
    length: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
    words: Type.Optional(Type.Enum(["msw-first", "lsw-first"])),
    /** Canonical value = (raw & mask >> shift) × scale + offset, in A, V, W, Wh, ms. */
    scale: Type.Optional(Type.Number({ minimum: -1e6, maximum: 1e6 })),
    offset: Type.Optional(Type.Number({ minimum: -1e6, maximum: 1e6 })),
    mask: Type.Optional(Type.Integer({ minimum: 1, maximum: 4_294_967_295 })),
    shift: Type.Optional(Type.Integer({ minimum: 0, maximum: 31 })),
    /** Raw values that mean "not available"; NaN always does. */
    missing: Type.Optional(Type.Array(Type.Number({ minimum: -1e20, maximum: 1e20 }), { maxItems: 8 })),
    /** The value that "not available" stands for, where it stands for one: no power at night. */
    missingMeans: Type.Optional(Type.Number({ minimum: -1e6, maximum: 1e6 })),
    /** Another unit id than the EVSE's own, for values of the whole station. */
    unitId: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
    /** Read once for the station: not shifted by the EVSE's number. */
    isStation: Type.Optional(Type.Boolean()),
    /** Function code of writes; left out: the value is only read. */
    writeWith: Type.Optional(Type.Enum([5, 6, 16])),
    /** The device cannot be asked for it. */
    isWriteOnly: Type.Optional(Type.Boolean()),
  },
  closed,
);

/** Where an MQTT value comes from, or, with `isCommand`, goes to. */
export const MqttPoint = Type.Object(
  {
    /** Topic with `{prefix}` and `{evse}` filled in from the site file. */
    topic: Type.String({ minLength: 1, maxLength: 200 }),
    /** JSON path of names and array indexes; left out: the payload is the value itself. */
    path: Type.Optional(
      Type.Array(Type.Union([Name, Type.Integer({ minimum: 0, maximum: 99 }), Type.String({ maxLength: 60 })]), {
        maxItems: 6,
      }),
    ),
    scale: Type.Optional(Type.Number({ minimum: -1e6, maximum: 1e6 })),
    isCommand: Type.Optional(Type.Boolean()),
    /** Payload of a command with `{value}` in it; left out: the value alone. */
    payload: Type.Optional(Type.String({ maxLength: 200 })),
    isRetained: Type.Optional(Type.Boolean()),
  },
  closed,
);

const Points = Type.Record(Name, Type.Union([ModbusPoint, MqttPoint]));

/** One write: a constant, or `amps` (the setpoint), `failsafe-amps` or `failsafe-ms` (the site file's). */
export const Write = Type.Object({ point: Name, value: RawValue }, closed);

const Transports = Type.Object(
  {
    "modbus-tcp": Type.Optional(
      Type.Object(
        { port: Type.Integer({ minimum: 1, maximum: 65_535 }), unitId: Type.Integer({ minimum: 0, maximum: 255 }) },
        closed,
      ),
    ),
    "modbus-rtu": Type.Optional(
      Type.Object(
        {
          baudRate: Type.Integer({ minimum: 1200, maximum: 115_200 }),
          framing: Type.Enum(["8N1", "8N2", "8E1", "8O1"]),
          unitId: Type.Integer({ minimum: 0, maximum: 247 }),
        },
        closed,
      ),
    ),
    mqtt: Type.Optional(Type.Object({ prefix: Type.String({ maxLength: 100 }) }, closed)),
  },
  closed,
);

const ModbusHabits = Type.Object(
  {
    /** Most registers it answers in one request. */
    maxRegisters: Type.Integer({ minimum: 1, maximum: 125, default: 125 }),
    /** Most registers we do not need that one request may read across. */
    maxGap: Type.Integer({ minimum: 0, maximum: 124, default: 0 }),
    /** Pause it needs between two requests. */
    delayMs: Type.Optional(Milliseconds),
    /** Longest wait for an answer. */
    timeoutMs: Type.Optional(Milliseconds),
    /** What tells EVSE n from EVSE 1. */
    evseUnitIdStep: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    evseAddressStep: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
  },
  closed,
);

const head = {
  id: Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$", maxLength: 60 }),
  name: Type.String({ minLength: 1, maxLength: 100 }),
  models: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 40 }),
  /** Where the facts come from. */
  source: Type.String({ minLength: 10, maxLength: 600 }),
  /** How far they were proven: read in documents, run against our simulator, or run on the device. */
  verified: Type.Enum(["documents", "simulator", "device"]),
  /** What disputes or surprises whoever reads this. */
  notes: Type.Optional(Type.Array(Type.String({ maxLength: 400 }), { maxItems: 20 })),
  transports: Transports,
  modbus: Type.Optional(ModbusHabits),
  points: Points,
};

/** First rule that matches gives the state; a rule without `when` always does. */
const StateRule = Type.Object(
  {
    when: Type.Optional(Type.Record(Name, Type.Array(RawValue, { minItems: 1, maxItems: 64 }))),
    is: Type.Enum(["A", "B", "C", "D", "E", "F"]),
  },
  closed,
);

/** A family of charging stations as data. */
export const StationProfile = Type.Object(
  {
    kind: Type.Literal("station"),
    ...head,
    maxEvses: Type.Integer({ minimum: 1, maximum: 48, default: 1 }),
    reading: Type.Object(
      {
        state: Type.Array(StateRule, { minItems: 1, maxItems: 40 }),
        /** Points of the current of terminals 1, 2, 3; A. */
        currentA: Type.Optional(Type.Tuple([Name, Name, Name])),
        offeredA: Type.Optional(Name),
        powerW: Type.Optional(Name),
        energyWh: Type.Optional(Name),
        failsafeA: Type.Optional(Name),
        failsafeTimeoutMs: Type.Optional(Name),
      },
      closed,
    ),
    control: Type.Object(
      {
        minA: Type.Number({ minimum: 1, maximum: 100 }),
        maxA: Type.Number({ minimum: 6, maximum: 1000 }),
        stepA: Type.Number({ minimum: 0.001, maximum: 10 }),
        /** Writes of a setpoint above 0, in order. */
        setCurrent: Type.Array(Write, { minItems: 1, maxItems: 6 }),
        /** Writes of a setpoint of 0, in order. */
        pause: Type.Array(Write, { minItems: 1, maxItems: 6 }),
        /** Writes that release charging after a pause; they follow `setCurrent`. */
        resume: Type.Optional(Type.Array(Write, { maxItems: 6 })),
        /** The device wants this long between two writes of the setpoint; a reduction does not wait. */
        minWriteIntervalMs: Type.Optional(Milliseconds),
        /** From an acknowledged write to the new current, at the longest. */
        reactionMs: Type.Integer({ minimum: 0, maximum: 120_000, default: 10_000 }),
        /** Age of a value when the device hands it out. */
        latencyMs: Type.Optional(Milliseconds),
        /** Current after a power cut and before first contact; `max`: its rating. */
        powerOnA: Type.Union([Type.Literal("max"), Type.Number({ minimum: 0, maximum: 1000 })]),
      },
      closed,
    ),
    watchdog: Type.Object(
      {
        /** What keeps the device from falling to its failsafe current. */
        fedBy: Type.Enum(["none", "any-request", "any-read", "setpoint", "write"]),
        /** Silence until it falls back: what we write, or what it ships with. */
        timeoutMs: Type.Optional(Milliseconds),
        /** Writes that arm it: made once a contact, then read back. */
        arm: Type.Optional(Type.Array(Write, { maxItems: 6 })),
        /** Write that feeds it, when `fedBy` is `write`; with `setpoint` the setpoint is written again. */
        feed: Type.Optional(Type.Array(Write, { maxItems: 3 })),
        everyMs: Type.Optional(Milliseconds),
      },
      closed,
    ),
    /** Writes made once a contact, before anything else. */
    init: Type.Optional(Type.Array(Write, { maxItems: 10 })),
  },
  { ...closed, $id: "https://headroom.invalid/schema/station-profile.json" },
);

/** A family of meters as data. */
export const MeterProfile = Type.Object(
  {
    kind: Type.Literal("meter"),
    ...head,
    reading: Type.Object(
      {
        /** Points of the current per phase, A. */
        currentA: Type.Tuple([Name, Name, Name]),
        /** `signed`: import is positive; `by-power`: unsigned, the sign is that of `phasePowerW`. */
        currentSign: Type.Enum(["signed", "by-power"]),
        phasePowerW: Type.Optional(Type.Tuple([Name, Name, Name])),
        voltageV: Type.Optional(Type.Tuple([Name, Name, Name])),
        powerW: Type.Optional(Name),
        energyWh: Type.Optional(Name),
      },
      closed,
    ),
    /** How often it has new values. */
    intervalMs: Type.Integer({ minimum: 50, maximum: 60_000, default: 1000 }),
    latencyMs: Type.Optional(Milliseconds),
  },
  { ...closed, $id: "https://headroom.invalid/schema/meter-profile.json" },
);

const Summands = Type.Array(Name, { minItems: 1, maxItems: 12 });

/** A family of solar inverters, with or without a battery, as data; they are only read. */
export const InverterProfile = Type.Object(
  {
    kind: Type.Literal("inverter"),
    ...head,
    reading: Type.Object(
      {
        /** Points whose sum is what the solar generator gives, W. */
        pvPowerW: Summands,
        /** Power of the battery, W, charging positive; with `batteryDischargePowerW` the charging part alone. */
        batteryPowerW: Type.Optional(Name),
        /** What the battery gives, W, where it has a point of its own. */
        batteryDischargePowerW: Type.Optional(Name),
        batterySocPct: Type.Optional(Name),
        /** Points of what it feeds in per phase, A. */
        currentA: Type.Optional(Type.Tuple([Name, Name, Name])),
      },
      closed,
    ),
    /** How often it has new values. */
    intervalMs: Type.Integer({ minimum: 50, maximum: 60_000, default: 1000 }),
    latencyMs: Type.Optional(Milliseconds),
  },
  { ...closed, $id: "https://headroom.invalid/schema/inverter-profile.json" },
);

export type ModbusPoint = Static<typeof ModbusPoint>;
export type MqttPoint = Static<typeof MqttPoint>;
export type Write = Static<typeof Write>;
export type StationProfile = Static<typeof StationProfile>;
export type MeterProfile = Static<typeof MeterProfile>;
export type InverterProfile = Static<typeof InverterProfile>;

/** A family of devices of any kind. */
export type Profile = StationProfile | MeterProfile | InverterProfile;
