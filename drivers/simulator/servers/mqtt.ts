import { connect, type MqttClient } from "mqtt";

import { type CommandTopic, commandTopics, commandValue, statePayloads } from "./mqtt-topics.ts";
import { evseValues, hearAll, isHearing, type StationFace, writePoint } from "./station-face.ts";

/** Where and how a station talks to a broker. */
export type MqttStationOptions = {
  readonly face: StationFace;
  readonly brokerUrl: string;
  readonly prefix: string;
  /** Time between two publications, ms. */
  readonly everyMs?: number;
};

/** A station that is connected to a broker. */
export type MqttStation = { close(): Promise<void> };

const publishAll = (client: MqttClient, { face, prefix }: MqttStationOptions): void => {
  if (!isHearing(face) || face.station.faults.frozen || !client.connected) return;
  for (const [index, evse] of face.evses.entries()) {
    for (const [topic, payload] of statePayloads(face.profile, prefix, index + 1, evseValues(face, evse))) {
      client.publish(topic, face.station.faults.garbage ? "\u0000?" : payload, { retain: true });
    }
  }
};

const obey = ({ face, prefix }: MqttStationOptions, topic: string, payload: string): void => {
  if (!isHearing(face)) return;
  hearAll(face, "request");
  for (const [index, evse] of face.evses.entries()) {
    const command: CommandTopic | undefined = commandTopics(face.profile, prefix, index + 1).find(
      (one) => one.topic === topic,
    );
    const value = command === undefined ? null : commandValue(command.point, payload);
    if (command !== undefined && value !== null) writePoint(face, evse, command.name, value);
  }
};

const greet = (client: MqttClient, { face, prefix }: MqttStationOptions): void => {
  client.publish(`${prefix}/online`, "1", { retain: true });
  client.subscribe(
    face.evses.flatMap((_, index) => commandTopics(face.profile, prefix, index + 1).map(({ topic }) => topic)),
  );
};

/**
 * Connects a station to a broker, again whenever the connection is lost: it publishes its state, obeys its command topics and leaves a last will
 * on `<prefix>/online`.
 */
export const openMqttStation = (options: MqttStationOptions): MqttStation => {
  const { face, prefix, brokerUrl, everyMs = 1000 } = options;
  const client = connect(brokerUrl, {
    clientId: `simulated-${face.station.id}`,
    reconnectPeriod: 1000,
    queueQoSZero: false,
    will: { topic: `${prefix}/online`, payload: Buffer.from("0"), qos: 0, retain: true },
  });
  client.on("error", () => undefined);
  client.on("message", (topic, payload) => {
    const { delayMs } = face.station.faults;
    const text = payload.toString();
    if (delayMs > 0) setTimeout(() => obey(options, topic, text), delayMs).unref();
    else obey(options, topic, text);
  });
  client.on("connect", () => greet(client, options));
  const timer = setInterval(() => publishAll(client, options), everyMs);
  return {
    close: async () => {
      clearInterval(timer);
      await client.endAsync(true);
    },
  };
};
