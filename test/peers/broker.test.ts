import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough, type Readable } from "node:stream";
import pino from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runGateway } from "#controller/apps/gateway.ts";
import { controlSocket } from "#controller/data-directory.ts";
import { type ControlServer, serveControl } from "#controller/protocol/server.ts";
import { sampleFrame } from "../controller/protocol/sample-frame.ts";
import { freePort } from "../support/peer-process.ts";
import { describeWithPeer } from "../support/peers.ts";

describeWithPeer("mosquitto_sub", "mosquitto_sub at the gateway", (mosquittoSub) => {
  let directory = "";
  let mqttPort = 0;
  let control: ControlServer;
  let gateway: Promise<void>;
  let abort = new AbortController();

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "headroom-"));
    abort = new AbortController();
    const { signal } = abort;
    const log = new PassThrough();
    mqttPort = await freePort();
    control = await serveControl({
      path: controlSocket(directory),
      signal,
      onCommand: async ({ id }) => ({ id, outcome: "refused", reason: null }),
    });
    control.publish(sampleFrame());
    gateway = runGateway({ dataDirectory: directory, mqttPort, signal, logger: pino({}, log) });
    // Its first line says that the broker is listening.
    await once(log, "data");
  });

  afterEach(async () => {
    abort.abort();
    await gateway;
    await rm(directory, { recursive: true, force: true });
  });

  const subscribe = (...args: readonly string[]): ChildProcessByStdio<null, Readable, null> =>
    spawn(mosquittoSub, ["-h", "127.0.0.1", "-p", String(mqttPort), "-F", "%r %t %p", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });

  const linesOf = (child: ChildProcessByStdio<null, Readable, null>): AsyncIterator<string> =>
    createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const take = async (lines: AsyncIterator<string>, count: number): Promise<ReadonlyMap<string, unknown>> => {
    const messages = new Map<string, unknown>();
    while (messages.size < count) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error("mosquitto_sub ended");
      const [retained = "", topic = "", ...payload] = value.split(" ");
      messages.set(`${retained} ${topic}`, JSON.parse(payload.join(" ")));
    }
    return messages;
  };

  it("gets the whole state of the site, retained or as it comes", async () => {
    const child = subscribe("-t", "headroom/#", "-C", "5");
    const messages = await take(linesOf(child), 5);
    await once(child, "exit");
    const byTopic = new Map([...messages].map(([name, payload]) => [name.slice(2), payload]));
    const [circuit] = sampleFrame().circuits;
    const [evse] = sampleFrame().evses;
    expect(byTopic.get("headroom/depot/circuits/grid")).toEqual(circuit);
    expect(byTopic.get("headroom/depot/evses/bay-01/1")).toEqual(evse);
    expect([...byTopic.keys()].toSorted()).toEqual([
      "headroom/depot/circuits/grid",
      "headroom/depot/evses/bay-01/1",
      "headroom/depot/inverters/roof",
      "headroom/depot/state",
      "headroom/depot/stations/bay-01",
    ]);
  });

  it("gets what changes, in QoS 1 and in a lasting session too", async () => {
    const child = subscribe("-t", "headroom/depot/state", "-q", "1", "-c", "-i", "historian");
    const lines = linesOf(child);
    await take(lines, 1);
    control.publish(sampleFrame({ cycle: 2, faults: [] }));
    const [state] = [...(await take(lines, 1)).values()];
    expect(state).toMatchObject({ cycle: 2, faults: [] });
    child.kill("SIGTERM");
    await once(child, "exit");
  });
});
