import type {
  InverterProfile,
  MeterProfile,
  ModbusPoint,
  MqttPoint,
  Profile,
  StationProfile,
  Write,
} from "./schema.ts";

type Point = ModbusPoint | MqttPoint;
type Points = Readonly<Record<string, Point>>;

/** Where in the profile a point is named. */
type Use = { readonly path: string; readonly point: string };

type PlacedWrite = Write & { readonly path: string };

const VARIABLES: readonly Write["value"][] = ["amps", "failsafe-amps", "failsafe-ms"];
const TWO_WORDS_OR_MORE: readonly ModbusPoint["type"][] = [
  "uint32",
  "int32",
  "uint64",
  "int64",
  "float32",
  "float64",
  "string",
];

/** What a schema cannot see in a station's profile: names that lead nowhere, rules that never end, a watchdog nobody feeds. */
export const checkStation = (profile: StationProfile): readonly string[] => {
  const writes = writesOf(profile);
  return [
    ...checkPoints(profile, [...stateUses(profile), ...readingUses(profile.reading)], writes),
    ...checkValues(profile.points, writes),
    ...checkStateRules(profile),
    ...checkSetpoint(profile),
    ...checkWatchdog(profile),
  ];
};

/** What a schema cannot see in a meter's profile: names that lead nowhere, a sign without its power. */
export const checkMeter = (profile: MeterProfile): readonly string[] => {
  const { currentSign, phasePowerW } = profile.reading;
  const needsPower = currentSign === "by-power" && phasePowerW === undefined;
  return [
    ...checkPoints(profile, readingUses(profile.reading), []),
    ...(needsPower ? ["/reading/currentSign: by-power needs phasePowerW"] : []),
  ];
};

/** What a schema cannot see in an inverter's profile: names that lead nowhere, a battery that only gives. */
export const checkInverter = (profile: InverterProfile): readonly string[] => {
  const { batteryPowerW, batteryDischargePowerW } = profile.reading;
  return [
    ...checkPoints(profile, readingUses(profile.reading), []),
    ...(batteryDischargePowerW !== undefined && batteryPowerW === undefined
      ? ["/reading/batteryDischargePowerW: needs batteryPowerW"]
      : []),
  ];
};

const writesOf = ({ control, watchdog, init }: StationProfile): readonly PlacedWrite[] => [
  ...placed("/control/setCurrent", control.setCurrent),
  ...placed("/control/pause", control.pause),
  ...placed("/control/resume", control.resume),
  ...placed("/watchdog/arm", watchdog.arm),
  ...placed("/watchdog/feed", watchdog.feed),
  ...placed("/init", init),
];

const placed = (path: string, writes: readonly Write[] | undefined): readonly PlacedWrite[] =>
  (writes ?? []).map((write, index) => ({ ...write, path: `${path}/${index}` }));

const stateUses = (profile: StationProfile): readonly Use[] =>
  profile.reading.state.flatMap(({ when }, index) =>
    Object.keys(when ?? {}).map((point) => ({ path: `/reading/state/${index}/when`, point })),
  );

/** Every entry of `reading` but the rules and the sign is a name of a point, or a list of them. */
const readingUses = (reading: Profile["reading"]): readonly Use[] =>
  Object.entries(reading)
    .filter(([key]) => key !== "state" && key !== "currentSign")
    .flatMap(([key, names]) =>
      [names].flat().flatMap((point) => (typeof point === "string" ? [{ path: `/reading/${key}`, point }] : [])),
    );

const checkPoints = (profile: Profile, reads: readonly Use[], writes: readonly PlacedWrite[]): readonly string[] => {
  const points: Points = profile.points;
  const read = new Set(reads.map(({ point }) => point));
  const written = new Set(writes.map(({ point }) => point));
  return [
    ...reads.flatMap((use) => checkUse(use, points, "cannot be read", isReadable)),
    ...writes.flatMap(({ path, point }) =>
      checkUse({ path: `${path}/point`, point }, points, "cannot be written", isWritable),
    ),
    ...Object.entries(points).flatMap(([name, point]) =>
      [
        ...checkNeed(point, read.has(name), written.has(name)),
        ...checkTransport(point, profile),
        ...("table" in point ? checkShape(point) : []),
      ].map((problem) => `/points/${name}: ${problem}`),
    ),
  ];
};

const checkUse = (use: Use, points: Points, complaint: string, isFit: (point: Point) => boolean): readonly string[] => {
  const point = points[use.point];
  if (point === undefined) return [`${use.path}: there is no point ${use.point}`];
  return isFit(point) ? [] : [`${use.path}: ${use.point} ${complaint}`];
};

const isReadable = (point: Point): boolean =>
  "table" in point ? point.isWriteOnly !== true : point.isCommand !== true;

const isWritable = (point: Point): boolean =>
  "table" in point ? point.writeWith !== undefined : point.isCommand === true;

const checkNeed = (point: Point, isRead: boolean, isWritten: boolean): readonly string[] => {
  if (!isRead && !isWritten) return ["nothing uses it"];
  return isWritable(point) && !isWritten ? ["can be written, but nothing writes it"] : [];
};

const checkTransport = (point: Point, { transports }: Profile): readonly string[] => {
  const hasModbus = transports["modbus-tcp"] !== undefined || transports["modbus-rtu"] !== undefined;
  const hasTransport = "table" in point ? hasModbus : transports.mqtt !== undefined;
  return hasTransport ? [] : ["its transport is missing"];
};

const checkShape = (point: ModbusPoint): readonly string[] => {
  const isBit = point.table === "coil" || point.table === "discrete";
  const problems: string[] = [];
  if (isBit !== (point.type === "bool")) problems.push("bool goes with coil and discrete, and only bool");
  if ((point.type === "string") !== (point.length !== undefined))
    problems.push("a string needs a length, and only a string");
  if (point.writeWith !== undefined && !isFunctionFit(point, point.writeWith))
    problems.push(`cannot be written with ${point.writeWith}`);
  return problems;
};

const isFunctionFit = ({ table, type }: ModbusPoint, writeWith: 5 | 6 | 16): boolean => {
  if (writeWith === 5) return table === "coil";
  return table === "holding" && (writeWith === 16 || !TWO_WORDS_OR_MORE.includes(type));
};

const checkValues = (points: Points, writes: readonly PlacedWrite[]): readonly string[] =>
  writes
    .filter(({ point, value }) => typeof value === "string" && !VARIABLES.includes(value) && isNumeric(points[point]))
    .map(({ path, value }) => `${path}/value: ${value} is no number, nor one of ${VARIABLES.join(", ")}`);

const isNumeric = (point: Point | undefined): boolean =>
  point !== undefined && "table" in point && point.type !== "string";

const checkStateRules = ({ reading }: StationProfile): readonly string[] => {
  const firstCatchAll = reading.state.findIndex(({ when }) => when === undefined);
  return firstCatchAll === reading.state.length - 1
    ? []
    : ["/reading/state: the last rule, and only that, must have no when"];
};

const checkSetpoint = ({ control }: StationProfile): readonly string[] => {
  const problems: string[] = [];
  if (!control.setCurrent.some(({ value }) => value === "amps"))
    problems.push("/control/setCurrent: no write has the value amps");
  if (control.pause.some(({ value }) => value === "amps")) problems.push("/control/pause: amps is no pause");
  if (control.minA > control.maxA) problems.push("/control/minA: must not be above maxA");
  return problems;
};

const checkWatchdog = ({ watchdog }: StationProfile): readonly string[] => {
  const { fedBy, feed, everyMs, timeoutMs } = watchdog;
  const problems: string[] = [];
  if ((fedBy === "write") !== (feed !== undefined))
    problems.push("/watchdog/feed: goes with fedBy write, and only with that");
  if ((fedBy === "write" || fedBy === "setpoint") && everyMs === undefined)
    problems.push("/watchdog/everyMs: is missing");
  if (everyMs !== undefined && timeoutMs !== undefined && everyMs * 2 >= timeoutMs) {
    problems.push("/watchdog/everyMs: must be below half of timeoutMs");
  }
  return problems;
};
