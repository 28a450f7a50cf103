import type { LiveFrame } from "../protocol/live-frame.ts";
import type { ControlPort } from "./control-port.ts";

const HEARTBEAT = ": heartbeat\n\n";

/** The writing half of an open connection, as much of it as a live stream needs. */
export type StreamSink = {
  /** Bytes written and not yet taken by the network. */
  readonly writableLength: number;
  write(chunk: string): unknown;
  end(): unknown;
};

/** The newest frame with its age, and its fan-out to every open stream. */
export type Live = {
  latest(): LiveFrame | null;
  /** How long ago the newest frame arrived, ms on the monotonic clock; null: none yet. */
  ageMs(): number | null;
  /** Sends every frame to the sink until the returned function is called; null: too many streams are open. */
  open(sink: StreamSink): (() => void) | null;
  close(): void;
};

/** What {@link createLive} may be told. */
export type LiveOptions = {
  readonly maxStreams: number;
  readonly heartbeatMs: number;
  /** Monotonic time, ms. */
  readonly now: () => number;
};

const asEvent = (frame: LiveFrame): string => `id: ${frame.cycle}\ndata: ${JSON.stringify(frame)}\n\n`;

/** A reader that has not taken the last event yet misses this one: latest wins, nothing queues up (R11). */
const offer = (sinks: ReadonlySet<StreamSink>, chunk: string): void => {
  for (const sink of sinks) if (sink.writableLength === 0) sink.write(chunk);
};

/** Follows control: one subscription and one serialisation a frame, whatever the number of streams. */
export const createLive = (port: ControlPort, { maxStreams, heartbeatMs, now }: LiveOptions): Live => {
  const sinks = new Set<StreamSink>();
  let arrivedAt = port.latest() === null ? null : now();
  const unsubscribe = port.subscribe((frame) => {
    arrivedAt = now();
    if (sinks.size > 0) offer(sinks, asEvent(frame));
  });
  const heartbeat = setInterval(() => offer(sinks, HEARTBEAT), heartbeatMs);
  heartbeat.unref();

  return {
    latest: () => port.latest(),
    ageMs: () => (arrivedAt === null ? null : now() - arrivedAt),
    open: (sink) => {
      if (sinks.size >= maxStreams) return null;
      sinks.add(sink);
      const frame = port.latest();
      sink.write(frame === null ? HEARTBEAT : asEvent(frame));
      return () => void sinks.delete(sink);
    },
    close: () => {
      unsubscribe();
      clearInterval(heartbeat);
      for (const sink of sinks) sink.end();
      sinks.clear();
    },
  };
};
