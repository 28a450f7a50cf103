import type { AedesOptions, Client } from "aedes";
import type { BrokerLimits } from "./limits.ts";
import type { Sessions } from "./sessions.ts";

const MAX_CLIENT_ID_LENGTH = 128;

/** Whether a topic is the controller's own: only the gateway itself publishes there. */
export const isOwnTopic = (topic: string): boolean => topic === "headroom" || topic.startsWith("headroom/");

const isSystemTopic = (topic: string): boolean => topic === "$SYS" || topic.startsWith("$SYS/");

/** Why a client may not publish this; null: it may. */
const whyNotPublish = (
  packet: { readonly topic: string; readonly qos: number },
  limits: BrokerLimits,
): string | null => {
  if (packet.qos === 2) return "QoS 2 is not offered";
  if (isSystemTopic(packet.topic)) return "$SYS is read-only";
  if (isOwnTopic(packet.topic)) return "state topics are the controller's own";
  return packet.topic.length > limits.maxTopicLength ? "the topic is too long" : null;
};

/** Why a client may not connect; null: it may. Refuses a lasting session without a name (MQTT 3.1.1, 3.1.3-8). */
export const whyNotConnect = (
  packet: { readonly clientId: string; readonly clean?: boolean | undefined },
  sessions: Sessions,
): string | null => {
  if (packet.clientId.length > MAX_CLIENT_ID_LENGTH) return "the client id is too long";
  if (packet.clean !== false) return null;
  if (packet.clientId === "") return "a lasting session needs a client id";
  return sessions.hasRoomFor(packet.clientId) ? null : "there are too many lasting sessions";
};

type Rules = {
  readonly handlers: Required<Pick<AedesOptions, "authorizePublish" | "authorizeSubscribe" | "authorizeForward">>;
  /** To be told what a client no longer subscribes to. */
  readonly unsubscribed: (client: Client, topics: readonly string[]) => void;
};

/** The broker's rules for publishing (Wills and retained messages included), subscribing and delivering. */
export const createRules = (limits: BrokerLimits): Rules => {
  const topics = new WeakMap<Client, Set<string>>();
  const maySubscribe = (client: Client, topic: string): boolean => {
    const held = topics.get(client) ?? new Set<string>();
    topics.set(client, held);
    if (isSystemTopic(topic) || topic.length > limits.maxTopicLength || held.size >= limits.maxSubscriptions)
      return false;
    held.add(topic);
    return true;
  };
  return {
    handlers: {
      authorizePublish: (_client, packet, done) => {
        const reason = whyNotPublish(packet, limits);
        done(reason === null ? null : new Error(`${reason}: ${packet.topic.slice(0, 80)}`));
      },
      authorizeSubscribe: (client, subscription, done) =>
        done(null, maySubscribe(client, subscription.topic) ? subscription : null),
      // A refused subscription in the same packet as a granted one is stored all the same: it must not deliver.
      authorizeForward: (_client, packet) => (isSystemTopic(packet.topic) ? null : packet),
    },
    unsubscribed: (client, gone) => {
      for (const topic of gone) topics.get(client)?.delete(topic);
    },
  };
};
