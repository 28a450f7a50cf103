import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import Type from "typebox";
import { Compile } from "typebox/compile";

/** A process to keep running: `node <entry> <name> <args>`. */
export type Role = {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

type Timing = {
  /** Pause before a restart: doubles from the first to the longest, starts again once a process has run long enough. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly longestWatchedPauseMs: number;
  readonly settledMs: number;
  /** Longest time between two cycles of control, and until its first one. */
  readonly silenceMs: number;
  readonly firstCycleMs: number;
  /** How long a process has to stop by itself. */
  readonly stopMs: number;
};

const TIMING: Timing = {
  firstPauseMs: 200,
  longestPauseMs: 5000,
  longestWatchedPauseMs: 2000,
  settledMs: 30_000,
  silenceMs: 10_000,
  firstCycleMs: 30_000,
  stopMs: 5000,
};

// Whoever depends on others stops before them; a role not listed here stops first.
const STOP_ORDER: readonly string[] = ["services", "gateway", "control", "simulator"];
const WATCHED = "control";
const TICKS = 10;

type Options = {
  readonly roles: readonly Role[];
  /** The program that takes a role's name as its first argument. */
  readonly entry: string;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly timing?: Partial<Timing>;
};

const cycleMessage = Compile(Type.Object({ type: Type.Literal("cycle") }));

type Watch = { readonly onFirstCycle: () => void; readonly onSilent: () => void };

/** Says when a process reports no cycle in time. It counts its own ticks, so its own suspension looks like one tick. */
const watch = (child: ChildProcess, timing: Timing, { onFirstCycle, onSilent }: Watch): (() => void) => {
  let leftMs = timing.firstCycleMs;
  let hasCycled = false;
  const tickMs = timing.silenceMs / TICKS;
  child.on("message", (message) => {
    if (!cycleMessage.Check(message)) return;
    leftMs = timing.silenceMs;
    if (!hasCycled) onFirstCycle();
    hasCycled = true;
  });
  const timer = setInterval(() => {
    leftMs -= tickMs;
    if (leftMs <= 0) onSilent();
  }, tickMs);
  return () => clearInterval(timer);
};

const ended = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.on("error", (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
  });

class Supervised {
  readonly name: string;
  readonly #role: Role;
  readonly #entry: string;
  readonly #timing: Timing;
  readonly #logger: Logger;
  readonly #stopping: AbortSignal;
  #child: ChildProcess | null = null;
  #failures = 0;
  #finished: Promise<void> = Promise.resolve();

  constructor(role: Role, { entry, signal }: Pick<Options, "entry" | "signal">, timing: Timing, logger: Logger) {
    this.name = role.name;
    this.#stopping = signal;
    this.#role = role;
    this.#entry = entry;
    this.#timing = timing;
    this.#logger = logger.child({ role: role.name });
  }

  start(): void {
    this.#finished = this.#keepRunning();
  }

  /** Once the signal is aborted: asks the process to stop, kills it after the time-out, resolves when it is gone. */
  async stop(): Promise<void> {
    this.#child?.kill("SIGTERM");
    const timer = setTimeout(() => {
      this.#logger.warn("process did not stop in time: killed");
      this.#child?.kill("SIGKILL");
    }, this.#timing.stopMs);
    await this.#finished;
    clearTimeout(timer);
    this.#logger.info("process stopped");
  }

  async #keepRunning(): Promise<void> {
    while (!this.#stopping.aborted) {
      const startedAt = performance.now();
      const end = await this.#runOnce();
      if (this.#stopping.aborted) break;
      this.#failures = performance.now() - startedAt >= this.#timing.settledMs ? 1 : this.#failures + 1;
      const pauseMs = this.#pauseMs();
      this.#logger.error({ end, pauseMs }, "process ended: restarting");
      await sleep(pauseMs, undefined, { signal: this.#stopping }).catch(() => undefined);
    }
  }

  async #runOnce(): Promise<string> {
    const child = spawn(process.execPath, [this.#entry, this.name, ...this.#role.args], {
      env: { ...process.env, ...this.#role.env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child = child;
    this.#logger.info({ childPid: child.pid }, "process started");
    const stopWatching = this.name === WATCHED ? this.#watch(child) : () => undefined;
    const end = await ended(child);
    stopWatching();
    this.#child = null;
    return end;
  }

  #watch(child: ChildProcess): () => void {
    return watch(child, this.#timing, {
      onFirstCycle: () => this.#logger.info({ childPid: child.pid }, "process completes cycles"),
      onSilent: () => {
        this.#logger.error({ childPid: child.pid }, "process completes no cycles: killed");
        child.kill("SIGKILL");
      },
    });
  }

  #pauseMs(): number {
    const longestMs = this.name === WATCHED ? this.#timing.longestWatchedPauseMs : this.#timing.longestPauseMs;
    return Math.min(this.#timing.firstPauseMs * 2 ** (this.#failures - 1), longestMs);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Keeps every role running until the signal is aborted; resolves when all have stopped, in order. Logs go out as the roles write them. */
export const supervise = async ({ roles, entry, signal, logger, timing }: Options): Promise<void> => {
  const all = roles.map((role) => new Supervised(role, { entry, signal }, { ...TIMING, ...timing }, logger));
  if (!signal.aborted) for (const supervised of all) supervised.start();
  await aborted(signal);
  const order = [...all].sort((a, b) => STOP_ORDER.indexOf(a.name) - STOP_ORDER.indexOf(b.name));
  for (const supervised of order) await supervised.stop();
};

/** Ends this process when its supervisor is gone, even killed: first as SIGTERM would, after five seconds by force. */
export const exitWithParent = (): void => {
  if (process.send === undefined) return;
  // Ctrl+C reaches every process of a terminal; the supervisor stops them in order.
  process.on("SIGINT", () => undefined);
  const end = (): void => {
    setTimeout(() => process.exit(1), TIMING.stopMs).unref();
    process.kill(process.pid, "SIGTERM");
  };
  if (!process.connected) return end();
  process.once("disconnect", end);
  process.channel?.unref();
};
