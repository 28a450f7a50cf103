/** What one client, and all together, may take of the broker. */
export type BrokerLimits = {
  readonly maxConnections: number;
  readonly maxUnauthenticated: number;
  readonly connectTimeoutMs: number;
  /** Longest CONNECT, and longest packet after it, bytes. */
  readonly connectBytes: number;
  readonly packetBytes: number;
  /** A subscriber that reads nothing for so long is disconnected: until then it holds up the others. */
  readonly drainTimeoutMs: number;
  readonly maxTopicLevels: number;
  readonly maxTopicLength: number;
  readonly maxSubscriptions: number;
  readonly maxInflightInbound: number;
  /** Sessions that outlive their connection: how many, how long, and what is queued for each. */
  readonly maxSessions: number;
  readonly sessionExpiryMs: number;
  readonly maxQueuedMessages: number;
  readonly maxQueuedBytes: number;
  /** All retained messages of clients together, bytes. */
  readonly maxRetainedBytes: number;
};

/** Limits under which the broker stays below about 150 MB whatever its clients do. */
export const BROKER_LIMITS: BrokerLimits = {
  maxConnections: 200,
  maxUnauthenticated: 10,
  connectTimeoutMs: 5000,
  connectBytes: 4096,
  packetBytes: 256 * 1024,
  drainTimeoutMs: 2000,
  maxTopicLevels: 12,
  maxTopicLength: 512,
  maxSubscriptions: 200,
  maxInflightInbound: 32,
  maxSessions: 50,
  sessionExpiryMs: 24 * 3_600_000,
  maxQueuedMessages: 1000,
  maxQueuedBytes: 1024 * 1024,
  maxRetainedBytes: 16 * 1024 * 1024,
};
