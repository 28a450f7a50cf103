import type { BrokerLimits } from "./limits.ts";

type Packet = { readonly topic?: string; readonly payload?: string | Buffer; readonly messageId?: number | undefined };
type Owner = { readonly id: string };

/** The part of the broker's store that holds what outlives a connection. */
export type SessionStore = {
  storeRetained(packet: Packet): Promise<void>;
  outgoingEnqueueCombi(subscriptions: readonly { readonly clientId: string }[], packet: Packet): Promise<void>;
  outgoingClearMessageId(client: Owner, packet: Packet): Promise<Packet | undefined>;
  outgoingStream(client: Owner): AsyncIterable<Packet>;
  cleanSubscriptions(client: Owner): Promise<void>;
  cleanIncoming(client: Owner): Promise<void>;
};

// A client that is here may have more under way than an absent one may have waiting; beyond that it is disconnected.
const PRESENT_FACTOR = 4;

type Queue = { messages: number; bytes: number };

const sizeOf = (packet: Packet): number =>
  (packet.payload === undefined ? 0 : Buffer.byteLength(packet.payload)) + (packet.topic?.length ?? 0);

/** Bounds a store: queues and retained messages of clients, and the number and age of the sessions it keeps. */
export class Sessions {
  readonly #store: SessionStore;
  readonly #limits: BrokerLimits;
  readonly #now: () => number;
  /** When each session's client left, on the monotonic clock; null: it is here. */
  readonly #leftAt = new Map<string, number | null>();
  readonly #queues = new Map<string, Queue>();
  readonly #retained = new Map<string, number>();
  #retainedBytes = 0;

  constructor(store: SessionStore, limits: BrokerLimits, now: () => number) {
    this.#store = store;
    this.#limits = limits;
    this.#now = now;
  }

  /** Puts the limits in front of the store. What does not fit is not kept; it still goes to the clients that are here. */
  enforce(isOwnTopic: (topic: string) => boolean): void {
    const store = this.#store;
    const storeRetained = store.storeRetained.bind(store);
    const enqueue = store.outgoingEnqueueCombi.bind(store);
    const clear = store.outgoingClearMessageId.bind(store);
    store.storeRetained = async (packet) => {
      if (isOwnTopic(packet.topic ?? "") || this.#retain(packet)) await storeRetained(packet);
    };
    store.outgoingEnqueueCombi = async (subscriptions, packet) => {
      const fitting = subscriptions.filter(({ clientId }) => this.#enqueue(clientId, sizeOf(packet)));
      if (fitting.length > 0) await enqueue(fitting, packet);
    };
    store.outgoingClearMessageId = async (client, packet) => {
      const cleared = await clear(client, packet);
      if (cleared !== undefined) this.#dequeue(client.id, sizeOf(cleared));
      return cleared;
    };
  }

  /** Whether a client may have a session that outlives its connection. */
  hasRoomFor(clientId: string): boolean {
    return this.#leftAt.has(clientId) || this.#leftAt.size < this.#limits.maxSessions;
  }

  arrived(clientId: string, isLasting: boolean): void {
    if (isLasting) this.#leftAt.set(clientId, null);
    else this.#leftAt.delete(clientId);
  }

  left(clientId: string): void {
    if (this.#leftAt.has(clientId)) this.#leftAt.set(clientId, this.#now());
  }

  /** Forgets the sessions whose clients have been away too long. */
  async expire(): Promise<void> {
    const before = this.#now() - this.#limits.sessionExpiryMs;
    const expired = [...this.#leftAt].filter(([, leftAt]) => leftAt !== null && leftAt <= before);
    await Promise.all(expired.map(([id]) => this.#forget(id)));
  }

  async #forget(id: string): Promise<void> {
    this.#leftAt.delete(id);
    await this.#store.cleanSubscriptions({ id });
    await this.#store.cleanIncoming({ id });
    for await (const packet of this.#store.outgoingStream({ id }))
      await this.#store.outgoingClearMessageId({ id }, packet);
    this.#queues.delete(id);
  }

  #enqueue(clientId: string, bytes: number): boolean {
    const queue = this.#queues.get(clientId) ?? { messages: 0, bytes: 0 };
    const factor = this.#leftAt.get(clientId) === null ? PRESENT_FACTOR : 1;
    if (queue.messages >= factor * this.#limits.maxQueuedMessages) return false;
    if (queue.bytes + bytes > factor * this.#limits.maxQueuedBytes) return false;
    this.#queues.set(clientId, { messages: queue.messages + 1, bytes: queue.bytes + bytes });
    return true;
  }

  #dequeue(clientId: string, bytes: number): void {
    const queue = this.#queues.get(clientId);
    if (queue === undefined) return;
    if (queue.messages <= 1) this.#queues.delete(clientId);
    else this.#queues.set(clientId, { messages: queue.messages - 1, bytes: queue.bytes - bytes });
  }

  #retain(packet: Packet): boolean {
    const topic = packet.topic ?? "";
    const before = this.#retained.get(topic) ?? 0;
    const isErased = packet.payload === undefined || packet.payload.length === 0;
    const after = isErased ? 0 : sizeOf(packet);
    if (this.#retainedBytes - before + after > this.#limits.maxRetainedBytes) return false;
    this.#retainedBytes += after - before;
    if (isErased) this.#retained.delete(topic);
    else this.#retained.set(topic, after);
    return true;
  }
}
