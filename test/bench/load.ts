import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { constants, setPriority } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { connectAsync, type MqttClient } from "mqtt";

/**
 * Run as a child process with the page's address and the broker's port: as much HTTP and MQTT as it can make, a count of both
 * sent to the parent on its message. Ends with the parent.
 */
const [page = "", brokerPort = ""] = process.argv.slice(2);

const PATHS = ["/api/v1/state", "/api/v1/site", "/", "/api/v1/circuits/grid/limit"];
const READERS = 40;
const STREAMS = 20;
/** Streams whose reader takes nothing. */
const FROZEN_STREAMS = 10;
const PUBLISHERS = 4;
const SUBSCRIBERS = 3;
const MESSAGES_AT_ONCE = 100;
const PAYLOAD = "x".repeat(200);
/** CONNECT with a clean session as client `f`, then SUBSCRIBE to `#` with QoS 0. */
const FROZEN_SUBSCRIBER = Buffer.from("100d00044d5154540402003c0001668206000100012300", "hex");
const FROZEN_MS = 3_000;

const agent = new Agent({ keepAlive: true, maxSockets: READERS });
let answers = 0;
let published = 0;

const answerOf = async (path: string, from: Agent | false): Promise<IncomingMessage> => {
  const [answer] = await once(get(`${page}${path}`, { agent: from }), "response");
  return answer;
};

const readPages = async (): Promise<void> => {
  for (let i = 0; ; i++) {
    const answer = await answerOf(PATHS[i % PATHS.length] ?? "/", agent);
    await once(answer.resume(), "end");
    answers += 1;
  }
};

const openStream = async (isFrozen: boolean): Promise<void> => {
  const answer = await answerOf("/api/v1/stream", false);
  if (!isFrozen) answer.resume();
};

const publish = async (client: MqttClient, number: number): Promise<void> => {
  const qos = number === 0 ? 1 : 0;
  for (let i = 0; ; i++) {
    const batch = Array.from({ length: MESSAGES_AT_ONCE }, (_, n) =>
      client.publishAsync(`load/${number}/${n % 10}`, PAYLOAD, { qos, retain: n === 0 }),
    );
    await Promise.all(batch);
    published += batch.length;
    await pause(0);
  }
};

/** One subscriber after the other that takes all topics and then reads nothing. */
const subscribeFrozen = async (): Promise<void> => {
  for (;;) {
    const socket = connect(Number(brokerPort), "127.0.0.1").on("error", () => undefined);
    socket.write(FROZEN_SUBSCRIBER);
    await pause(FROZEN_MS);
    socket.destroy();
  }
};

const openMqtt = (): Promise<MqttClient> => connectAsync(`mqtt://127.0.0.1:${brokerPort}`);

// It stands for other machines, whose work costs this one nothing.
setPriority(constants.priority.PRIORITY_LOW);
process.on("disconnect", () => process.exit());
process.on("message", () => process.send?.([answers, published]));
for (let i = 0; i < SUBSCRIBERS; i++) await (await openMqtt()).subscribeAsync("#");
for (let i = 0; i < STREAMS + FROZEN_STREAMS; i++) await openStream(i >= STREAMS);
for (let i = 0; i < READERS; i++) void readPages();
for (let i = 0; i < PUBLISHERS; i++) void publish(await openMqtt(), i);
void subscribeFrozen();
process.send?.("ready");
