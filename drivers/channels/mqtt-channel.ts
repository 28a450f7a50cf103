import { fault, type Fault } from "#controller/model/fault.ts";
import { failed, ok, type Result } from "#controller/model/result.ts";
import { elapsedMs, instant, type Clock, type Instant } from "#controller/model/time.ts";
import type { PointValue } from "../decode.ts";
import type { PointChannel, PointReader, PointSample, PointWrite } from "./point-channel.ts";
import type { MqttPoint } from "../profiles/schema.ts";
import type { MqttMessage, MqttPort } from "../transports/mqtt.ts";

/** An MQTT device: its points by name, the numbers of its EVSEs and the prefix of its topics. */
export type MqttChannelOptions = {
  readonly subject: string;
  readonly points: ReadonlyMap<string, MqttPoint>;
  readonly prefix: string;
  readonly evses: readonly number[];
  /** Without any message for this long the device counts as silent, ms. */
  readonly silentAfterMs: number;
  readonly port: MqttPort;
  readonly clock: Clock;
};

/** A channel that hands out the newest values the device has sent. It subscribes at once. */
export const createMqttChannel = (options: MqttChannelOptions): PointChannel => {
  const listeners: (() => void)[] = [];
  const topics = new Set(options.evses.flatMap((evse) => topicsOf(options, evse)));
  for (const topic of topics) {
    options.port.follow(topic, () => {
      for (const listener of listeners) listener();
    });
  }
  return {
    silence: () => brokerFault(options) ?? silenceOf(options),
    reader: (names, datedBy) => createReader(options, names, datedBy),
    write: (write) => writePoint(options, write),
    isShared: (name) => options.points.get(name)?.topic.includes("{evse}") === false,
    onPush: (listener) => void listeners.push(listener),
    close: () => options.port.close(),
  };
};

/** The value in a payload: the JSON value at the point's path, or the text itself; booleans count 0 and 1. */
export const extractValue = (point: MqttPoint, payload: string): PointValue => {
  const found = (point.path ?? []).reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    parse(payload),
  );
  if (typeof found === "string" && found.trim() !== "" && Number.isFinite(Number(found))) {
    return scaled(point, Number(found));
  }
  if (typeof found === "string") return found;
  if (typeof found !== "number" && typeof found !== "boolean") return null;
  return scaled(point, Number(found));
};

const parse = (payload: string): unknown => {
  try {
    return JSON.parse(payload);
  } catch {
    return payload.trim();
  }
};

const scaled = (point: MqttPoint, value: number): number | null => {
  if (!Number.isFinite(value)) return null;
  return point.scale === undefined ? value : Number((value * point.scale).toPrecision(15));
};

const fill = ({ prefix }: MqttChannelOptions, evse: number, point: MqttPoint): string =>
  point.topic.replaceAll("{prefix}", prefix).replaceAll("{evse}", String(evse));

const topicsOf = (options: MqttChannelOptions, evse: number): string[] =>
  [...options.points.values()].filter(({ isCommand }) => isCommand !== true).map((point) => fill(options, evse, point));

const arrivals = ({ port }: MqttChannelOptions, topics: readonly string[]): (Instant | null)[] =>
  topics.map((topic) => port.newest(topic)?.arrivedAt ?? null);

const newestOf = (times: readonly (Instant | null)[]): Instant | null =>
  times.reduce((newest, at) => (newest === null || (at !== null && at > newest) ? at : newest), null);

/** Null when one of them is unknown. */
const oldestOf = (times: readonly (Instant | null)[]): Instant | null =>
  times.some((at) => at === null) ? null : instant(Math.min(...times.map(Number)));

const isRecent = ({ clock, silentAfterMs }: MqttChannelOptions, at: Instant | null): at is Instant =>
  at !== null && elapsedMs(at, clock.now()) <= silentAfterMs;

const brokerFault = ({ subject, port }: MqttChannelOptions): Fault | null => {
  const problem = port.connectionProblem();
  return problem === null ? null : fault("unreachable", subject, problem);
};

const silenceOf = (options: MqttChannelOptions): Fault | null => {
  const isHeard = options.evses.some((evse) => isRecent(options, newestOf(arrivals(options, topicsOf(options, evse)))));
  return isHeard ? null : fault("timeout", options.subject, `no message under the topic ${options.prefix}`);
};

const createReader =
  (options: MqttChannelOptions, names: readonly string[], datedBy?: readonly string[]): PointReader =>
  async () => {
    const { subject, evses } = options;
    const broken = brokerFault(options);
    if (broken !== null) return failed(broken);
    const samples = new Map<number, PointSample>();
    for (const evse of evses) {
      const sampledAt = dateOf(options, evse, datedBy);
      if (!isRecent(options, sampledAt)) return failed(fault("timeout", subject, "no message for too long"));
      samples.set(evse, sampleOf(options, evse, names, sampledAt));
    }
    return ok(samples);
  };

const dateOf = (options: MqttChannelOptions, evse: number, datedBy?: readonly string[]): Instant | null => {
  if (datedBy === undefined) return newestOf(arrivals(options, topicsOf(options, evse)));
  return oldestOf(datedBy.map((name) => messageFor(options, evse, name)?.arrivedAt ?? null));
};

const messageFor = (options: MqttChannelOptions, evse: number, name: string): MqttMessage | null => {
  const point = options.points.get(name);
  return point === undefined ? null : options.port.newest(fill(options, evse, point));
};

const sampleOf = (
  options: MqttChannelOptions,
  evse: number,
  names: readonly string[],
  sampledAt: Instant,
): PointSample => {
  const values = new Map<string, PointValue>();
  const undated = new Set<string>();
  for (const name of names) {
    const point = options.points.get(name);
    const message = messageFor(options, evse, name);
    values.set(name, point === undefined || message === null ? null : extractValue(point, message.payload));
    if (message?.arrivedAt === null) undated.add(name);
  }
  return { sampledAt, values, undated };
};

const writePoint = async (
  options: MqttChannelOptions,
  { evse, point: name, value }: PointWrite,
): Promise<Result<null, Fault>> => {
  const point = options.points.get(name);
  if (point?.isCommand !== true) {
    return failed(fault("refused", options.subject, `${name} cannot be written`));
  }
  const text = typeof value === "number" ? String(Number((value / (point.scale ?? 1)).toPrecision(9))) : String(value);
  const payload = (point.payload ?? "{value}").replaceAll("{value}", () => text);
  return options.port.publish(fill(options, evse, point), payload, point.isRetained === true);
};
