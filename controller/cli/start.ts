import { access, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { loadDaySite } from "../apps/day-loading.ts";
import { loadRunnableSite } from "../apps/site-loading.ts";
import { openDataDirectory } from "../data-directory.ts";
import { supervise, type Role } from "../supervisor.ts";
import { readStartOptions, type StartOptions } from "./start-options.ts";

/** What the command needs of the world. */
type StartIo = {
  /** The program that takes a role's name as its first argument. */
  readonly entry: string;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly stderr: (text: string) => void;
  /** Identity and environment of this process: the owner of the data directory's lock. */
  readonly host: Parameters<typeof openDataDirectory>[1];
};

const USAGE = `usage: headroom start [--config SITE.YAML] [--data DIR] [--port 8080]
       headroom start [--day DAY.JSON [--day-start HH:MM]] [--clock-scale 1] [--data DIR] [--port 8080]
Runs a site. Without --config: a demo site with simulated devices.
  --config       the site file
  --data         directory for what is kept; left out: $XDG_STATE_HOME/headroom, else ~/.local/state/headroom
  --port         port of the page on this machine
  --day          simulated devices that live through this day file (alloc-day/1) instead of the demo's morning
  --day-start    time since the beginning of the day file at which to begin; left out: an hour before its tightest moment
  --clock-scale  how many times faster than real a simulated site runs, 1 to 30
`;

/** Runs a site until stopped: exit code 0; 1: it cannot run, and why was said; 2: wrong usage. */
export const runStart = async (argv: readonly string[], io: StartIo): Promise<number> => {
  const request = readStartOptions(argv);
  if (request === "help") {
    io.stderr(USAGE);
    return 0;
  }
  if ("problems" in request) {
    io.stderr([...request.problems.map((problem) => `headroom start: ${problem}`), USAGE].join("\n"));
    return 2;
  }
  if (request.day !== null) await loadDaySite(request.day, request.dayStartMs);
  const directory = await openDataDirectory(request.data, io.host);
  try {
    await expectFreePort(request.port);
    io.stderr(`Headroom starts; its page will be at http://127.0.0.1:${request.port}. Ctrl+C stops it.\n`);
    io.logger.info({ dataDirectory: directory.path, page: `http://127.0.0.1:${request.port}` }, "starting");
    await runRoles(request, directory.path, io);
    return 0;
  } finally {
    await directory.release();
  }
};

/** Runs the roles of a site until stopped; a demo's simulator first, as it says where its devices are. */
const runRoles = async (request: StartOptions, dataDirectory: string, io: StartIo): Promise<void> => {
  const supervised = { entry: io.entry, signal: io.signal, logger: io.logger };
  if (request.config !== null)
    return supervise({ ...supervised, roles: await rolesOf(request, request.config, dataDirectory) });
  const siteFile = join(dataDirectory, "demo.site.yaml");
  await rm(siteFile, { force: true });
  const args = ["--config", siteFile, "--mqtt-port", String(await freePort()), ...scaleOf(request), ...dayOf(request)];
  const simulator = supervise({ ...supervised, roles: [{ name: "simulator", args }] });
  await waitForFile(siteFile, io.signal);
  if (!io.signal.aborted) await supervise({ ...supervised, roles: await rolesOf(request, siteFile, dataDirectory) });
  await simulator;
};

const rolesOf = async (request: StartOptions, siteFile: string, dataDirectory: string): Promise<readonly Role[]> => {
  const { loaded } = await loadRunnableSite(siteFile);
  const common = ["--config", siteFile, "--data", dataDirectory];
  return [
    { name: "gateway", args: [...common, "--mqtt-port", String(loaded.mqttPort)] },
    { name: "control", args: [...common, ...(request.config === null ? scaleOf(request) : [])] },
    { name: "services", args: [...common, "--port", String(request.port)] },
  ];
};

const scaleOf = ({ clockScale }: StartOptions): readonly string[] => ["--clock-scale", String(clockScale)];

const dayOf = ({ day, dayStartMs }: StartOptions): readonly string[] => [
  ...(day === null ? [] : ["--day", day]),
  ...(dayStartMs === null ? [] : ["--day-start-ms", String(dayStartMs)]),
];

const DEMO_START_MS = 20_000;
const LOOK_MS = 100;

const waitForFile = async (path: string, signal: AbortSignal): Promise<void> => {
  for (let waitedMs = 0; !signal.aborted; waitedMs += LOOK_MS) {
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return;
    if (waitedMs >= DEMO_START_MS) throw new Error("The simulated devices did not start; the lines above say why.");
    await sleep(LOOK_MS);
  }
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === "object" ? address.port : 1883));
    });
  });

const expectFreePort = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => {
      const why = "code" in error && error.code === "EADDRINUSE" ? "another program uses it" : error.message;
      reject(
        new Error(`The page cannot use port ${port}: ${why}. Stop that program, or choose another port with --port.`),
      );
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
