import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectControl, type ControlClient } from "#controller/protocol/client.ts";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import type { Command, CommandReply } from "#controller/protocol/messages.ts";
import { type ControlServer, serveControl } from "#controller/protocol/server.ts";
import { sampleFrame } from "./sample-frame.ts";

type OnCommand = (command: Command) => Promise<CommandReply>;

const applied: OnCommand = async ({ id }) => ({ id, outcome: "applied", reason: null });

const stop = (id: string, deadlineMs = 30_000): Command => ({
  id,
  actor: "manager",
  deadlineMs,
  payload: { type: "emergency-stop", isStopped: true },
});

let directory = "";
let path = "";
let abort = new AbortController();
const problems: string[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "headroom-"));
  path = join(directory, "control.sock");
  abort = new AbortController();
  problems.length = 0;
});

afterEach(async () => {
  abort.abort();
  await rm(directory, { recursive: true, force: true });
});

const serve = (onCommand: OnCommand = applied): Promise<ControlServer> =>
  serveControl({ path, onCommand, signal: abort.signal, onProblem: (problem) => problems.push(problem) });

const connectClient = (): ControlClient =>
  connectControl({ path, role: "services", signal: abort.signal, retryMs: 5, onProblem: (p) => problems.push(p) });

const nextFrame = (client: ControlClient): Promise<LiveFrame> =>
  new Promise((resolve) => {
    const unsubscribe = client.subscribe((frame) => {
      unsubscribe();
      resolve(frame);
    });
  });

const connected = async (server: ControlServer): Promise<ControlClient> => {
  server.publish(sampleFrame());
  const client = connectClient();
  await nextFrame(client);
  return client;
};

const rawClient = async (): Promise<Socket> => {
  const socket = connect(path);
  abort.signal.addEventListener("abort", () => socket.destroy());
  await once(socket, "connect");
  return socket;
};

const send = (socket: Socket, message: unknown): void => {
  socket.write(`${JSON.stringify(message)}\n`);
};

const setLimit = (value: unknown) => ({
  type: "set-limit",
  circuit: "grid",
  source: "operating",
  value,
  lease: null,
});

describe("control's socket", () => {
  it("is for its owner alone, and replaces what a killed process left", async () => {
    await writeFile(path, "left behind");
    await serve();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("gives a new client the newest frame at once and every later one", async () => {
    const server = await serve();
    server.publish(sampleFrame({ cycle: 7 }));
    const client = connectClient();
    expect(await nextFrame(client)).toEqual(sampleFrame({ cycle: 7 }));
    const next = nextFrame(client);
    server.publish(sampleFrame({ cycle: 8 }));
    expect((await next).cycle).toBe(8);
    expect(client.latest()?.cycle).toBe(8);
    expect(client.isConnected()).toBe(true);
  });

  it("carries out a command that comes twice once, with the same reply", async () => {
    const seen: string[] = [];
    const server = await serve(async (command) => {
      seen.push(command.id);
      return { id: command.id, outcome: "clamped", reason: `attempt ${seen.length}` };
    });
    const [one, two] = [await connected(server), await connected(server)];
    const replies = [await one.send(stop("c-1")), await one.send(stop("c-1")), await two.send(stop("c-1"))];
    expect(seen).toEqual(["c-1"]);
    expect(replies.map(({ reason }) => reason)).toEqual(["attempt 1", "attempt 1", "attempt 1"]);
  });

  it("forgets old replies, so that its memory stays bounded", async () => {
    const seen: string[] = [];
    const server = await serve(async (command) => {
      seen.push(command.id);
      return { id: command.id, outcome: "applied", reason: null };
    });
    const client = await connected(server);
    for (let n = 0; n <= 1000; n += 1) await client.send(stop(`c-${n}`));
    await client.send(stop("c-0"));
    await client.send(stop("c-1000"));
    expect(seen.filter((id) => id === "c-0")).toHaveLength(2);
    expect(seen.filter((id) => id === "c-1000")).toHaveLength(1);
  });

  it("refuses a command whose execution fails, and says so", async () => {
    const server = await serve(() => Promise.reject(new Error("broken")));
    const client = await connected(server);
    expect(await client.send(stop("c-1"))).toMatchObject({ id: "c-1", outcome: "refused" });
    expect(problems).toEqual(["a command failed"]);
  });

  it.each([
    ["another protocol version", { v: 2, type: "hello", role: "services" }],
    ["an unknown type", { v: 1, type: "shutdown" }],
    ["an unknown field", { v: 1, type: "hello", role: "services", more: true }],
    ["a command before the greeting", { v: 1, type: "command", command: stop("c-1") }],
  ])("disconnects a client that sends %s", async (_what, message) => {
    await serve(() => Promise.reject(new Error("must not be carried out")));
    const socket = await rawClient();
    send(socket, message);
    await once(socket, "close");
    expect(problems).toHaveLength(1);
  });

  it.each([
    ["a negative limit", setLimit({ limitA: [-1, 16, 16], powerW: null })],
    ["a limit that is no number", setLimit({ limitA: [null, 16, 16], powerW: null })],
    ["a negative power", setLimit({ limitA: null, powerW: -1 })],
    ["a source that sets no limits one by one", { ...setLimit(null), source: "sealed" }],
    ["an endless id", { ...setLimit(null), circuit: "g".repeat(129) }],
    ["a strategy that does not exist", { type: "set-strategy", strategy: "by-colour" }],
    ["a negative need", { type: "set-need", evse: "bay-01/1", need: { departsAtWallMs: null, energyWh: -1 } }],
    ["half a need", { type: "set-need", evse: "bay-01/1", need: { energyWh: 1000 } }],
    ["a boost for ever", { type: "set-boost", evse: "bay-01/1", durationMs: 1e9 }],
  ])("disconnects a client that commands %s", async (_what, payload) => {
    await serve(() => Promise.reject(new Error("must not be carried out")));
    const socket = await rawClient();
    send(socket, { v: 1, type: "hello", role: "services" });
    send(socket, { v: 1, type: "command", command: { ...stop("c-1"), payload } });
    await once(socket, "close");
    expect(problems[0]).toContain("malformed");
  });

  it("disconnects a client that never ends its line", async () => {
    await serve();
    const socket = await rawClient();
    socket.on("error", () => undefined);
    socket.write("x".repeat(64 * 1024 + 1));
    await once(socket, "close");
    expect(problems[0]).toContain("longer");
  });

  it("keeps only the newest frame for a client that does not read", async () => {
    const server = await serve();
    const socket = await rawClient();
    socket.pause();
    send(socket, { v: 1, type: "hello", role: "services" });
    const client = await connected(server);
    const detail = "x".repeat(5000);
    const faults = Array.from({ length: 200 }, () => ({ code: "timeout" as const, subject: "bay-01", detail }));
    for (let cycle = 1; cycle <= 60; cycle += 1) {
      const next = nextFrame(client);
      server.publish(sampleFrame({ cycle, faults }));
      await next;
    }
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.includes('"cycle":60,') && text.endsWith("\n")) socket.end();
    });
    socket.resume();
    await once(socket, "close");
    expect(text.trimEnd().split("\n").length).toBeLessThan(5);
  });
});

describe("the link to control", () => {
  it("refuses commands while control is not running", async () => {
    const client = connectClient();
    expect(client.isConnected()).toBe(false);
    expect(await client.send(stop("c-1"))).toMatchObject({
      outcome: "refused",
      reason: "The controller is not running.",
    });
  });

  it("connects again when control comes back, and keeps the last frame meanwhile", async () => {
    const first = await serve();
    const client = await connected(first);
    await first.close();
    expect(client.latest()?.cycle).toBe(1);
    const next = nextFrame(client);
    const second = await serve();
    second.publish(sampleFrame({ cycle: 9 }));
    expect((await next).cycle).toBe(9);
  });

  it("sends a command again that a restart of control left unanswered", async () => {
    const arrived = Promise.withResolvers<string>();
    const first = await serve(({ id }) => {
      arrived.resolve(id);
      return new Promise(() => undefined);
    });
    const client = await connected(first);
    const reply = client.send(stop("c-1"));
    expect(await arrived.promise).toBe("c-1");
    await first.close();
    await serve();
    expect(await reply).toEqual({ id: "c-1", outcome: "applied", reason: null });
  });

  it("refuses at the deadline what was not answered, and does not claim that nothing was done", async () => {
    const server = await serve(() => new Promise(() => undefined));
    const client = await connected(server);
    const reply = await client.send(stop("c-1", 1));
    expect(reply.outcome).toBe("refused");
    expect(reply.reason).toContain("may have been carried out");
  });

  it("refuses a malformed command without sending it", async () => {
    const server = await serve();
    const client = await connected(server);
    expect(await client.send(stop("c-1", 1e9))).toMatchObject({ outcome: "refused" });
    expect(await client.send(stop(""))).toMatchObject({ outcome: "refused" });
    expect(client.isConnected()).toBe(true);
    expect(problems).toEqual([]);
  });

  it("ends its wait for replies when it is closed", async () => {
    const server = await serve(() => new Promise(() => undefined));
    const client = await connected(server);
    const reply = client.send(stop("c-1"));
    client.close();
    expect((await reply).outcome).toBe("refused");
  });
});
