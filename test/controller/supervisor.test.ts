import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough, type Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { type Role, supervise } from "#controller/supervisor.ts";

const entry = fileURLToPath(new URL("supervised-role.ts", import.meta.url));

const FAST = {
  firstPauseMs: 1,
  longestPauseMs: 4,
  longestWatchedPauseMs: 2,
  settledMs: 60_000,
  silenceMs: 500,
  firstCycleMs: 20_000,
  stopMs: 20_000,
};

type Line = Readonly<Record<string, unknown>>;

/** Lines of a log as they come; what was passed over is not seen again. */
class Log {
  readonly #lines: AsyncIterator<string>;

  constructor(stream: Readable) {
    this.#lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  }

  async next(msg: string, fields: Line = {}): Promise<Line> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error(`the log ended before: ${msg}`);
      const line = JSON.parse(value) as Line;
      if (line["msg"] === msg && Object.entries(fields).every(([name, field]) => line[name] === field)) return line;
    }
  }
}

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const start = (roles: readonly Role[], timing: Partial<typeof FAST> = {}) => {
  const stream = new PassThrough();
  const abort = new AbortController();
  const logger = pino({}, stream);
  const finished = supervise({ roles, entry, signal: abort.signal, logger, timing: { ...FAST, ...timing } });
  const stop = async (): Promise<void> => {
    abort.abort();
    await finished;
  };
  stops.push(stop);
  return { log: new Log(stream), stop, stream };
};

const pidOf = (line: Line): number => Number(line["childPid"]);

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const control: Role = { name: "control", args: ["beats"] };

describe("the supervisor", () => {
  it("starts a killed process again", async () => {
    const { log } = start([control]);
    const first = pidOf(await log.next("process started"));
    process.kill(first, "SIGKILL");
    expect(await log.next("process ended: restarting")).toMatchObject({ role: "control", end: "SIGKILL" });
    const second = pidOf(await log.next("process started"));
    expect(second).not.toBe(first);
    expect(isRunning(second)).toBe(true);
    expect(isRunning(first)).toBe(false);
  });

  it("replaces control when it is suspended", async () => {
    const { log } = start([control]);
    const first = pidOf(await log.next("process completes cycles"));
    process.kill(first, "SIGSTOP");
    expect(await log.next("process completes no cycles: killed")).toMatchObject({ childPid: first });
    expect(await log.next("process ended: restarting")).toMatchObject({ end: "SIGKILL" });
    await log.next("process started");
    expect(isRunning(first)).toBe(false);
  });

  it("replaces control when its loop is blocked", async () => {
    const { log } = start([{ name: "control", args: ["blocks"] }]);
    const first = pidOf(await log.next("process started"));
    await log.next("process completes no cycles: killed", { childPid: first });
    await log.next("process started");
    expect(isRunning(first)).toBe(false);
  });

  it("takes nothing but a cycle for a cycle", async () => {
    const { log } = start([{ name: "control", args: ["sends-nonsense"] }], { firstCycleMs: 1000 });
    expect(await log.next("process completes no cycles: killed")).toMatchObject({ role: "control" });
  });

  it("expects no cycles of other roles", async () => {
    const { log } = start(
      [
        { name: "services", args: ["stays"] },
        { name: "control", args: ["stays"] },
      ],
      { firstCycleMs: 500 },
    );
    const silent = await log.next("process completes no cycles: killed");
    expect(silent["role"]).toBe("control");
  });

  it("waits longer before each restart, up to a limit that is lower for control", async () => {
    const { log } = start([{ name: "services", args: ["ends-at-once"] }]);
    const pauses: unknown[] = [];
    for (let n = 0; n < 4; n += 1) {
      const line = await log.next("process ended: restarting");
      expect(line["end"]).toBe("exit code 3");
      pauses.push(line["pauseMs"]);
    }
    expect(pauses).toEqual([1, 2, 4, 4]);
    const watched = start([{ name: "control", args: ["ends-at-once"] }]);
    pauses.length = 0;
    for (let n = 0; n < 3; n += 1) pauses.push((await watched.log.next("process ended: restarting"))["pauseMs"]);
    expect(pauses).toEqual([1, 2, 2]);
  });

  it("waits briefly again once a process has run long enough", async () => {
    const { log } = start([{ name: "services", args: ["ends-at-once"] }], { settledMs: 0 });
    const lines = [await log.next("process ended: restarting"), await log.next("process ended: restarting")];
    expect(lines.map((line) => line["pauseMs"])).toEqual([1, 1]);
  });

  it("stops the roles one after the other, those that depend on others first", async () => {
    const roles = ["simulator", "control", "gateway", "services"].map((name) => ({ name, args: ["beats"] }));
    const { log, stop } = start(roles);
    const pids = new Map<unknown, number>();
    for (const _role of roles) {
      const line = await log.next("process started");
      pids.set(line["role"], pidOf(line));
    }
    const stopped = stop();
    const ends: unknown[] = [];
    for (const _role of roles) ends.push((await log.next("process stopped"))["role"]);
    await stopped;
    expect(ends).toEqual(["services", "gateway", "control", "simulator"]);
    expect([...pids.values()].filter(isRunning)).toEqual([]);
  });

  it("starts nothing again that ends by itself while all stop, as on Ctrl+C", async () => {
    const { log, stop, stream } = start([
      { name: "services", args: ["beats"] },
      { name: "control", args: ["beats"] },
    ]);
    const pid = pidOf(await log.next("process started", { role: "control" }));
    await log.next("process completes cycles");
    const stopped = stop();
    process.kill(pid, "SIGKILL");
    expect(await log.next("process stopped")).toMatchObject({ role: "services" });
    expect((await log.next("process stopped"))["role"]).toBe("control");
    await stopped;
    stream.end();
    await expect(log.next("process started")).rejects.toThrow("the log ended");
  });

  it("kills what does not stop in time, even what is suspended", async () => {
    const { log, stop } = start([control], { stopMs: 50, silenceMs: 60_000 });
    const pid = pidOf(await log.next("process completes cycles"));
    process.kill(pid, "SIGSTOP");
    await stop();
    await log.next("process did not stop in time: killed");
    expect(isRunning(pid)).toBe(false);
  });

  it("starts nothing when it is to stop already", async () => {
    const signal = AbortSignal.abort();
    const stream = new PassThrough();
    await supervise({ roles: [control], entry, signal, logger: pino({}, stream) });
    expect(String(stream.read())).not.toContain("started");
  });
});

describe("a supervised process", () => {
  it("ends when its supervisor is killed", async () => {
    const parent = spawn(process.execPath, [entry, "supervisor", "supervises"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const log = new Log(parent.stdout);
    const child = Number((await log.next("runs", { process: "services" }))["pid"]);
    parent.kill("SIGKILL");
    await once(parent, "exit");
    expect(await log.next("ends", { process: "services" })).toMatchObject({ pid: child });
  });

  it("writes its log lines as they are beside the supervisor's", async () => {
    const parent = spawn(process.execPath, [entry, "supervisor", "supervises"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const line = await new Log(parent.stdout).next("runs", { process: "services" });
    expect(line).toMatchObject({ level: 30, process: "services" });
    parent.kill("SIGKILL");
    await once(parent, "exit");
  });

  it("leaves Ctrl+C to its supervisor, which stops all in order", async () => {
    const { log } = start([control]);
    const pid = pidOf(await log.next("process completes cycles"));
    process.kill(pid, "SIGINT");
    process.kill(pid, "SIGUSR2");
    expect(await log.next("process ended: restarting")).toMatchObject({ end: "SIGUSR2" });
  });

  it("goes on without a supervisor", async () => {
    const alone = spawn(process.execPath, [entry, "services", "stays"], { stdio: ["ignore", "pipe", "inherit"] });
    await new Log(alone.stdout).next("runs");
    expect(alone.exitCode).toBeNull();
    alone.kill("SIGTERM");
    expect(await once(alone, "exit")).toEqual([0, null]);
  });
});
