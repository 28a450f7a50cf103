import process from "node:process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text as readText } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { pino, type Logger } from "pino";
import { deviceFacts } from "#drivers/device-facts.ts";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { createDemo } from "#drivers/simulator/demo.ts";
import { createClock } from "./apps/clocks.ts";
import { runAllocate } from "./cli/allocate.ts";
import { loadDay } from "./apps/day-loading.ts";
import { readSiteText } from "./apps/site-loading.ts";
import { runCheck } from "./cli/check.ts";
import { readRoleOptions } from "./cli/role-options.ts";
import { runSimulate } from "./cli/simulate.ts";
import { runStart } from "./cli/start.ts";
import { exitWithParent } from "./supervisor.ts";

const USAGE = `usage: headroom <command>
  start [--config SITE.YAML]   run a site; without --config: a demo with simulated devices
  start --day DAY.JSON         replay a recorded day on simulated devices
  check SITE.YAML              every problem of a site file, and its fallback proof
  allocate [FILE|-]            divide the headroom of a case, or of a stream of them
  simulate [DAY.JSON]          run the loop through a day in seconds: who got what, and why not more
`;

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

const stopping = (): AbortSignal => {
  const controller = new AbortController();
  const signals = process.send === undefined ? (["SIGINT", "SIGTERM"] as const) : (["SIGTERM"] as const);
  for (const signal of signals) process.once(signal, () => controller.abort());
  return controller.signal;
};

const loggerFor = (role: string): Logger =>
  pino({ name: role, level: process.env["HEADROOM_LOG"] ?? "info", timestamp: pino.stdTimeFunctions.isoTime });

/** One process of the running product: started by the supervisor or a service manager, one `case` each. */
const runRole = async (role: string, argv: readonly string[]): Promise<void> => {
  exitWithParent();
  const options = { ...readRoleOptions(argv), signal: stopping(), logger: loggerFor(role) };
  const clock = createClock(options.clockScale);
  switch (role) {
    case "control": {
      const { runControl } = await import("./apps/control.ts");
      return runControl({ ...options, clock, env: process.env, onCycle: () => process.send?.({ type: "cycle" }) });
    }
    case "gateway": {
      const { runGateway } = await import("./apps/gateway.ts");
      return runGateway(options);
    }
    case "services": {
      const { runServices } = await import("./apps/services.ts");
      return runServices({ ...options, root: ROOT });
    }
    default: {
      const { runSimulator } = await import("./apps/simulator.ts");
      return runSimulator(options);
    }
  }
};

const check = (argv: readonly string[]): Promise<number> =>
  runCheck(argv, {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    readFile: readSiteText,
    profiles: () => deviceFacts(loadProfiles()),
  });

const allocateCases = (argv: readonly string[]): Promise<number> =>
  runAllocate(argv, {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    readFile: (path) => (path === "-" ? readText(process.stdin) : readSiteText(path)),
    lines: () => createInterface({ input: process.stdin }),
  });

const simulate = (argv: readonly string[]): Promise<number> =>
  runSimulate(argv, {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    readDay: (path) => (path === null ? Promise.resolve(createDemo().day) : loadDay(path)),
    elapsedMs: () => performance.now(),
  });

/** Waits until a reader of a pipe has taken everything: what has not been written when a process exits is lost. */
const whenRead = (code: number): Promise<number> =>
  new Promise((resolve) => void process.stdout.write("", () => resolve(code)));

const start = (argv: readonly string[]): Promise<number> =>
  runStart(argv, {
    entry: fileURLToPath(import.meta.url),
    signal: stopping(),
    logger: loggerFor("supervisor"),
    host: process,
    stderr: (text) => process.stderr.write(text),
  });

const usage = (command: string | undefined): number => {
  const isAskedFor = command === "help" || command === "--help" || command === "-h";
  if (!isAskedFor && command !== undefined) process.stderr.write(`headroom: there is no command '${command}'\n`);
  (isAskedFor ? process.stdout : process.stderr).write(USAGE);
  return isAskedFor ? 0 : 2;
};

const run = async (command: string | undefined, argv: readonly string[]): Promise<number> => {
  switch (command) {
    case "start":
      return start(argv);
    case "allocate":
      return whenRead(await allocateCases(argv));
    case "check":
      return whenRead(await check(argv));
    case "simulate":
      return whenRead(await simulate(argv));
    case "control":
    case "gateway":
    case "services":
    case "simulator":
      await runRole(command, argv);
      return 0;
    default:
      return usage(command);
  }
};

const [command, ...argv] = process.argv.slice(2);
run(command, argv).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
