import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { parseDocument } from "yaml";
import { controlSocket } from "#controller/data-directory.ts";
import { connectControl } from "#controller/protocol/client.ts";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import { supervise } from "#controller/supervisor.ts";
import { freePort } from "#test/support/peer-process.ts";
import { percentile } from "./percentile.ts";

const ENTRY = fileURLToPath(new URL("../../controller/main.ts", import.meta.url));
const LOAD = fileURLToPath(new URL("load.ts", import.meta.url));
/** The shortest cycle there is: the most of them in the time. */
const CYCLE_MS = 250;
const LOOK_MS = 100;
const SETTLING_MS = 5_000;

/**
 * How late cycles begin in a running demo site, first at rest and then while strangers load its page and its broker; beside it how
 * late this process's own timer is, which does nothing else: that is the machine.
 */
export const benchLateness = async (restS = 20, loadedS = 60): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), "headroom-bench-"));
  const stopping = new AbortController();
  const ports = { mqtt: await freePort(), page: await freePort() };
  const running = startSite(directory, ports, stopping.signal);
  const control = connectControl({ path: controlSocket(directory), role: "bench", signal: stopping.signal });
  const frames: LiveFrame[] = [];
  control.subscribe((frame) => void frames.push(frame));
  const record = async (seconds: number): Promise<Recording> => {
    await pause(SETTLING_MS);
    frames.splice(0);
    const timerMs = await timeOwnTimer(seconds);
    return { frames: frames.splice(0), timerMs };
  };
  try {
    while (frames.length === 0 || !(await isServed(ports.page))) await pause(LOOK_MS);
    report("at rest", await record(restS));
    const load = fork(LOAD, [`http://127.0.0.1:${ports.page}`, String(ports.mqtt)]);
    await once(load, "message");
    const loaded = await record(loadedS);
    report(`under ${await amountsOf(load, loadedS + SETTLING_MS / 1000)}`, loaded);
  } finally {
    stopping.abort();
    await running;
    await rm(directory, { recursive: true, force: true });
  }
};

type Recording = { readonly frames: readonly LiveFrame[]; readonly timerMs: readonly number[] };

/** How late each of the timers was that this process set at the pace of cycles, ms. */
const timeOwnTimer = async (seconds: number): Promise<readonly number[]> => {
  const lateMs: number[] = [];
  const endMs = performance.now() + seconds * 1000;
  for (let dueMs = performance.now(); dueMs < endMs; dueMs += CYCLE_MS) {
    await pause(Math.max(0, dueMs - performance.now()));
    lateMs.push(Math.max(0, performance.now() - dueMs));
  }
  return lateMs;
};

type Ports = { readonly mqtt: number; readonly page: number };

/** The demo's devices, and the three processes with them, under the supervisor. */
const startSite = async (directory: string, ports: Ports, signal: AbortSignal): Promise<void> => {
  const supervised = { entry: ENTRY, signal, logger: pino({ level: "silent" }) };
  const env = { HEADROOM_LOG: "silent" };
  const demoFile = join(directory, "demo.yaml");
  const mqtt = ["--mqtt-port", String(ports.mqtt)];
  const simulator = supervise({
    ...supervised,
    roles: [{ name: "simulator", args: ["--config", demoFile, ...mqtt], env }],
  });
  while (!signal.aborted && !(await isThere(demoFile))) await pause(LOOK_MS);
  const siteFile = join(directory, "site.yaml");
  const site = parseDocument(await readFile(demoFile, "utf8"));
  site.setIn(["site", "cycleMs"], CYCLE_MS);
  await writeFile(siteFile, String(site));
  const common = ["--config", siteFile, "--data", directory];
  const roles = [
    { name: "gateway", args: [...common, ...mqtt], env },
    { name: "control", args: common, env },
    { name: "services", args: [...common, "--port", String(ports.page)], env },
  ];
  await Promise.all([simulator, supervise({ ...supervised, roles })]);
};

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const isServed = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

const amountsOf = async (load: ChildProcess, seconds: number): Promise<string> => {
  load.send("amounts");
  const [amounts] = await once(load, "message");
  const ended = once(load, "exit");
  load.disconnect();
  await ended;
  const [answers = 0, published = 0] = Array.isArray(amounts) ? amounts.map((amount) => Number(amount) / seconds) : [];
  return `${answers.toFixed(0)} HTTP answers and ${published.toFixed(0)} MQTT messages a second`;
};

const report = (what: string, { frames, timerMs }: Recording): void => {
  const cyclesMs = frames.map(({ lateMs }) => lateMs);
  const at = frames.map((frame) => Date.parse(frame.at));
  const longestMs = Math.max(...at.slice(1).map((ms, i) => ms - (at[i] ?? ms)));
  process.stdout.write(
    `lateness ${what}\n` +
      `  cycles: ${figures(cyclesMs)}; ${frames.length} of ${CYCLE_MS} ms, decisions at most ${longestMs} ms apart\n` +
      `  a bare timer: ${figures(timerMs)}; ratio p99 ${ratio(cyclesMs, timerMs, 0.99)}, max ${ratio(cyclesMs, timerMs, 1)}\n`,
  );
};

const SHARES = { p50: 0.5, p99: 0.99, "p99.9": 0.999, max: 1 };

const figures = (lateMs: readonly number[]): string =>
  Object.entries(SHARES)
    .map(([name, share]) => `${name} ${percentile(lateMs, share).toFixed(1)} ms`)
    .join(", ");

const ratio = (a: readonly number[], b: readonly number[], share: number): string =>
  (percentile(a, share) / percentile(b, share)).toFixed(2);
