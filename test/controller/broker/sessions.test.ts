import { describe, expect, it } from "vitest";
import { BROKER_LIMITS, type BrokerLimits } from "#controller/broker/limits.ts";
import { whyNotConnect } from "#controller/broker/rules.ts";
import { Sessions, type SessionStore } from "#controller/broker/sessions.ts";

type Packet = Parameters<SessionStore["storeRetained"]>[0];

const memoryStore = () => {
  const queues = new Map<string, Packet[]>();
  const retained = new Map<string, Packet>();
  const cleaned: string[] = [];
  const store: SessionStore = {
    storeRetained: async (packet) => void retained.set(packet.topic ?? "", packet),
    outgoingEnqueueCombi: async (subscriptions, packet) => {
      for (const { clientId } of subscriptions) queues.set(clientId, [...(queues.get(clientId) ?? []), packet]);
    },
    outgoingClearMessageId: async ({ id }, packet) => {
      const queue = queues.get(id) ?? [];
      const found = queue.find(({ messageId }) => messageId === packet.messageId);
      queues.set(
        id,
        queue.filter((entry) => entry !== found),
      );
      return found;
    },
    outgoingStream: async function* ({ id }) {
      yield* queues.get(id) ?? [];
    },
    cleanSubscriptions: async ({ id }) => void cleaned.push(id),
    cleanIncoming: async () => undefined,
  };
  return { store, queues, retained, cleaned };
};

const limited = (limits: Partial<BrokerLimits>) => {
  const memory = memoryStore();
  const clock = { now: 0 };
  const sessions = new Sessions(memory.store, { ...BROKER_LIMITS, ...limits }, () => clock.now);
  sessions.enforce((topic) => topic.startsWith("headroom/"));
  const enqueue = (clientId: string, messageId: number, payload = "x"): Promise<void> =>
    memory.store.outgoingEnqueueCombi([{ clientId }], { topic: "t", payload, messageId });
  return { ...memory, sessions, clock, enqueue };
};

describe("lasting sessions", () => {
  it("hold a bounded number of messages, and take new ones as old ones are delivered", async () => {
    const { store, queues, enqueue } = limited({ maxQueuedMessages: 2 });
    for (const id of [1, 2, 3]) await enqueue("a", id);
    expect(queues.get("a")?.map(({ messageId }) => messageId)).toEqual([1, 2]);
    await store.outgoingClearMessageId({ id: "a" }, { messageId: 1 });
    await enqueue("a", 4);
    expect(queues.get("a")?.map(({ messageId }) => messageId)).toEqual([2, 4]);
  });

  it("hold a bounded number of bytes", async () => {
    const { queues, enqueue } = limited({ maxQueuedBytes: 100 });
    await enqueue("a", 1, "x".repeat(90));
    await enqueue("a", 2, "x".repeat(90));
    await enqueue("a", 3, "x");
    expect(queues.get("a")?.map(({ messageId }) => messageId)).toEqual([1, 3]);
  });

  it("fill up one by one: a full queue does not keep others from theirs", async () => {
    const { store, queues, enqueue } = limited({ maxQueuedMessages: 1 });
    await enqueue("a", 1);
    await store.outgoingEnqueueCombi([{ clientId: "a" }, { clientId: "b" }], {
      topic: "t",
      payload: "x",
      messageId: 2,
    });
    expect(queues.get("a")).toHaveLength(1);
    expect(queues.get("b")).toHaveLength(1);
  });

  it("are forgotten, queue and all, after their time", async () => {
    const { sessions, clock, queues, cleaned, enqueue } = limited({ sessionExpiryMs: 1000 });
    sessions.arrived("away", true);
    sessions.arrived("here", true);
    await enqueue("away", 1);
    sessions.left("away");
    clock.now = 999;
    await sessions.expire();
    expect(cleaned).toEqual([]);
    clock.now = 1000;
    await sessions.expire();
    expect(cleaned).toEqual(["away"]);
    expect(queues.get("away")).toEqual([]);
  });

  it("are not forgotten when the client came back", async () => {
    const { sessions, clock, cleaned } = limited({ sessionExpiryMs: 1000 });
    sessions.arrived("a", true);
    sessions.left("a");
    clock.now = 900;
    sessions.arrived("a", true);
    clock.now = 5000;
    await sessions.expire();
    expect(cleaned).toEqual([]);
  });

  it("are limited in number, except for those that are known", () => {
    const { sessions } = limited({ maxSessions: 1 });
    sessions.arrived("known", true);
    expect(whyNotConnect({ clientId: "known", clean: false }, sessions)).toBeNull();
    expect(whyNotConnect({ clientId: "new", clean: false }, sessions)).toContain("too many");
    expect(whyNotConnect({ clientId: "new", clean: true }, sessions)).toBeNull();
    sessions.arrived("known", false);
    expect(whyNotConnect({ clientId: "new", clean: false }, sessions)).toBeNull();
  });
});

describe("retained messages", () => {
  it("of clients have a budget, the controller's own do not count", async () => {
    const { store, retained } = limited({ maxRetainedBytes: 50 });
    const retain = (topic: string, payload: string): Promise<void> => store.storeRetained({ topic, payload });
    await retain("a", "x".repeat(40));
    await retain("b", "x".repeat(40));
    await retain("headroom/depot/state", "x".repeat(400));
    expect([...retained.keys()]).toEqual(["a", "headroom/depot/state"]);
    await retain("a", "");
    await retain("b", "x".repeat(40));
    expect(retained.has("b")).toBe(true);
  });
});
