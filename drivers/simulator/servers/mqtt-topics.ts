import type { MqttPoint, StationProfile } from "../../profiles/schema.ts";
import type { PointValues } from "./station-face.ts";

type Json = number | string | boolean | null | Json[] | { [name: string]: Json };

const fill = (point: MqttPoint, prefix: string, evse: number): string =>
  point.topic.replaceAll("{prefix}", prefix).replaceAll("{evse}", String(evse));

const place = (into: Json | undefined, path: readonly (string | number)[], value: Json): Json => {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === "number") {
    const list = Array.isArray(into) ? into : [];
    while (list.length <= step) list.push(0);
    list[step] = place(list[step], rest, value);
    return list;
  }
  const record = typeof into === "object" && into !== null && !Array.isArray(into) ? into : {};
  record[step] = place(record[step], rest, value);
  return record;
};

const mqttPoints = (profile: StationProfile): readonly (readonly [string, MqttPoint])[] =>
  Object.entries(profile.points).flatMap(([name, point]) => ("topic" in point ? [[name, point] as const] : []));

const rawOf = (point: MqttPoint, value: number | string | boolean): number | string | boolean =>
  typeof value === "number" ? Number((value / (point.scale ?? 1)).toPrecision(9)) : value;

/** The payload of every state topic of one EVSE; points that share a topic become one JSON document. */
export const statePayloads = (
  profile: StationProfile,
  prefix: string,
  evse: number,
  values: PointValues,
): ReadonlyMap<string, string> => {
  const documents = new Map<string, Json>();
  for (const [name, point] of mqttPoints(profile)) {
    const value = values.get(name);
    if (point.isCommand === true || value === undefined) continue;
    const topic = fill(point, prefix, evse);
    documents.set(topic, place(documents.get(topic), point.path ?? [], rawOf(point, value)));
  }
  return new Map(
    [...documents].map(([topic, document]) => [
      topic,
      typeof document === "string" ? document : JSON.stringify(document),
    ]),
  );
};

/** A command topic of one EVSE and the point behind it. */
export type CommandTopic = { readonly topic: string; readonly name: string; readonly point: MqttPoint };

/** The topics that one EVSE obeys. */
export const commandTopics = (profile: StationProfile, prefix: string, evse: number): readonly CommandTopic[] =>
  mqttPoints(profile).flatMap(([name, point]) =>
    point.isCommand === true ? [{ topic: fill(point, prefix, evse), name, point }] : [],
  );

const parseValue = (text: string, scale: number): number | string => {
  if (text === "true" || text === "false") return text === "true" ? 1 : 0;
  const value = Number(text);
  return text !== "" && Number.isFinite(value) ? value * scale : text;
};

/** The canonical value in a command's payload; null: the payload is not of the point's form. */
export const commandValue = (point: MqttPoint, payload: string): number | string | null => {
  const [before = "", after = ""] = (point.payload ?? "{value}").split("{value}");
  if (!payload.startsWith(before) || !payload.endsWith(after)) return null;
  return parseValue(payload.slice(before.length, payload.length - after.length), point.scale ?? 1);
};
