import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import { supervise } from "#controller/supervisor.ts";
import { openSimulator, type Simulator } from "#drivers/simulator/app.ts";
import { createDemo } from "#drivers/simulator/demo.ts";
import { siteFileOf } from "#drivers/simulator/site-file.ts";
import { fuseReports } from "#drivers/simulator/world/world.ts";
import { chargingCount, isCharging, waitForFrame } from "#test/faults/product.ts";
import { freePort } from "#test/support/peer-process.ts";

const ENTRY = join(import.meta.dirname, "../../controller/main.ts");
const PATIENCE_MS = 60_000;

describe("a running site on real sockets", () => {
  const stopping = new AbortController();
  const pids = new Map<string, number>();
  let simulator: Simulator;
  let directory = "";
  let page = "";
  let supervised: Promise<void> = Promise.resolve();

  const waitFor = (what: string, isSo: (now: LiveFrame) => boolean): Promise<LiveFrame> =>
    waitForFrame(page, what, isSo);
  const killed = async (role: string, signal: "SIGKILL" | "SIGSTOP"): Promise<void> => {
    const pid = pids.get(role);
    if (pid === undefined) throw new Error(`no process ${role}`);
    process.kill(pid, signal);
    for (let waitedMs = 0; pids.get(role) === pid && waitedMs < PATIENCE_MS; waitedMs += 100) await sleep(100);
  };
  const expectFusesHold = (): void => {
    for (const { circuit, phase, longestAboveS, worstMinuteS } of fuseReports(simulator.world)) {
      expect(longestAboveS, `${circuit} ${phase}`).toBeLessThanOrEqual(12);
      expect(worstMinuteS, `${circuit} ${phase}`).toBeLessThanOrEqual(60 * 1.13 ** 2);
    }
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "headroom-"));
    const [mqttPort, port] = [await freePort(), await freePort()];
    page = `http://127.0.0.1:${port}`;
    simulator = await openSimulator({ site: createDemo(), scale: 1, brokerUrl: `mqtt://127.0.0.1:${mqttPort}` });
    const siteFile = join(directory, "site.yaml");
    await writeFile(siteFile, stringify(siteFileOf(createDemo(), simulator.ports)));
    const logger = pino({ level: "info" }, { write: (line: string) => notePid(JSON.parse(line), pids) });
    const common = ["--config", siteFile, "--data", directory];
    const roles = [
      { name: "gateway", args: [...common, "--mqtt-port", String(mqttPort)], env: { HEADROOM_LOG: "silent" } },
      { name: "control", args: common, env: { HEADROOM_LOG: "silent" } },
      { name: "services", args: [...common, "--port", String(port)], env: { HEADROOM_LOG: "silent" } },
    ];
    supervised = supervise({ roles, entry: ENTRY, signal: stopping.signal, logger });
    await waitFor("cars charge", (now) => chargingCount(now) >= 8);
  }, 90_000);

  afterAll(async () => {
    stopping.abort();
    await supervised;
    await simulator.close();
    await rm(directory, { recursive: true, force: true });
  }, 30_000);

  test("charges over TCP, RTU and MQTT at once", async () => {
    const now = await waitFor("every transport charges", (state) =>
      ["bay-01", "bay-10", "bay-13"].every((id) => isCharging(state, id)),
    );
    expect(now.evses).toHaveLength(14);
    expectFusesHold();
  }, 90_000);

  test("keeps a limit and the running sessions when control is killed", async () => {
    const limit = {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ limitA: 120 }),
    };
    const reply = await fetch(`${page}/api/v1/circuits/grid/limit`, limit);
    expect(await reply.json()).toMatchObject({ outcome: "applied" });
    const before = await waitFor("the limit is in force", ({ circuits }) => circuits[0]?.limitSource === "operating");
    await killed("control", "SIGKILL");
    const after = await waitFor("control is back", ({ cycle }) => cycle < before.cycle);
    expect(after.circuits[0]?.limitA).toEqual([120, 120, 120]);
    await waitFor("cars charge again", (now) => chargingCount(now) >= 6);
    expectFusesHold();
  }, 120_000);

  test("goes on when gateway and services are killed", async () => {
    await killed("gateway", "SIGKILL");
    await killed("services", "SIGKILL");
    await waitFor("stations behind the broker answer again", (now) =>
      now.evses.every(({ isReachable }) => isReachable),
    );
    expectFusesHold();
  }, 120_000);

  test("replaces a control that is stopped and does not answer (row 30)", async () => {
    const before = await waitFor("control runs", () => true);
    await killed("control", "SIGSTOP");
    await waitFor("a new control runs", ({ cycle }) => cycle < before.cycle);
    expectFusesHold();
  }, 120_000);
});

const notePid = (line: unknown, pids: Map<string, number>): void => {
  if (typeof line !== "object" || line === null || !("role" in line) || !("childPid" in line)) return;
  if (typeof line.role === "string" && typeof line.childPid === "number") pids.set(line.role, line.childPid);
};
