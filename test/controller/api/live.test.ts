import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLive, type StreamSink } from "#controller/api/live.ts";
import { createFakeControl } from "./support/fake-control.ts";
import { aFrame } from "../support/frames.ts";
import { startServer } from "./support/server.ts";

type Reader = StreamSink & { writableLength: number; readonly chunks: string[]; hasEnded: boolean };

const aReader = (): Reader => {
  const reader: Reader = {
    writableLength: 0,
    chunks: [],
    hasEnded: false,
    write: (chunk) => reader.chunks.push(chunk),
    end: () => {
      reader.hasEnded = true;
    },
  };
  return reader;
};

const cyclesOf = (chunks: readonly string[]): number[] =>
  chunks.flatMap((chunk) => (chunk.startsWith("id: ") ? [Number.parseInt(chunk.slice(4), 10)] : []));

describe("a live stream", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const start = (maxStreams = 50) => {
    const control = createFakeControl(aFrame({ cycle: 1 }));
    const live = createLive(control, { maxStreams, heartbeatMs: 5000, now: () => 0 });
    return { control, live };
  };

  it("begins with the newest frame and goes on with each cycle", () => {
    const { control, live } = start();
    const reader = aReader();
    live.open(reader);
    control.publish(aFrame({ cycle: 2 }));
    expect(cyclesOf(reader.chunks)).toEqual([1, 2]);
    live.close();
  });

  it("skips cycles while its reader has a backlog and then gives the newest", () => {
    const { control, live } = start();
    const reader = aReader();
    live.open(reader);
    reader.writableLength = 1;
    for (const cycle of [2, 3, 4]) control.publish(aFrame({ cycle }));
    vi.advanceTimersByTime(5000);
    reader.writableLength = 0;
    control.publish(aFrame({ cycle: 5 }));
    expect(cyclesOf(reader.chunks)).toEqual([1, 5]);
    expect(reader.chunks).toHaveLength(2);
    live.close();
  });

  it("does not hold up other readers", () => {
    const { control, live } = start();
    const [slow, quick] = [aReader(), aReader()];
    live.open(slow);
    live.open(quick);
    slow.writableLength = 1;
    control.publish(aFrame({ cycle: 2 }));
    expect([cyclesOf(slow.chunks), cyclesOf(quick.chunks)]).toEqual([[1], [1, 2]]);
    live.close();
  });

  it("beats while control is silent", () => {
    const { live } = start();
    const reader = aReader();
    live.open(reader);
    vi.advanceTimersByTime(10_000);
    expect(reader.chunks.slice(1)).toEqual([": heartbeat\n\n", ": heartbeat\n\n"]);
    live.close();
  });

  it("is refused when too many are open, and taken again when one leaves", () => {
    const { live } = start(2);
    const leave = live.open(aReader());
    live.open(aReader());
    expect(live.open(aReader())).toBeNull();
    leave?.();
    expect(live.open(aReader())).not.toBeNull();
    live.close();
  });

  it("ends when the server closes, and control is no longer followed", () => {
    const { control, live } = start();
    const reader = aReader();
    live.open(reader);
    live.close();
    expect(reader.hasEnded).toBe(true);
    expect(control.listeners()).toBe(0);
  });
});

const nextEvent = async (response: IncomingMessage): Promise<{ cycle: number }> => {
  const [chunk] = (await once(response, "data")) as [string];
  const data = chunk.split("\n").find((line) => line.startsWith("data: "));
  return JSON.parse(data?.slice(6) ?? "null");
};

const openStream = async (port: number): Promise<IncomingMessage> => {
  const [response] = (await once(get({ host: "127.0.0.1", port, path: "/api/v1/stream" }), "response")) as [
    IncomingMessage,
  ];
  return response.setEncoding("utf8");
};

describe("a live stream over a real socket", () => {
  it("carries one event a cycle, with the security headers, and ends with the server", async () => {
    await using server = await startServer(aFrame({ cycle: 1 }));
    await server.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = server.app.server.address() as AddressInfo;
    const response = await openStream(port);
    expect(response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(response.headers["x-content-type-options"]).toBe("nosniff");
    expect((await nextEvent(response)).cycle).toBe(1);
    server.control.publish(aFrame({ cycle: 2 }));
    expect((await nextEvent(response)).cycle).toBe(2);
    const ended = once(response.resume(), "end");
    await server.app.close();
    await ended;
  });

  it("refuses the fifty-first with a problem and makes room when one is closed", async () => {
    await using server = await startServer(aFrame());
    await server.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = server.app.server.address() as AddressInfo;
    const open = await Promise.all(Array.from({ length: 50 }, () => openStream(port)));
    const refused = await openStream(port);
    expect(refused.statusCode).toBe(503);
    expect(refused.headers["content-type"]).toMatch(/^application\/problem\+json/);
    refused.resume();
    open[0]?.destroy();
    await vi.waitUntil(async () => {
      const again = await openStream(port);
      again.resume();
      return again.statusCode === 200;
    });
  });
});
