import { access, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Logger } from "pino";
import { loadRunnableSite } from "../apps/site-loading.ts";
import { openDataDirectory } from "../data-directory.ts";
import { supervise, type Role } from "../supervisor.ts";

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
Runs a site. Without --config: a demo site with simulated devices.
`;

type Request = {
  readonly config: string | null;
  readonly data: string | null;
  readonly port: number;
  readonly clockScale: number;
};

/** Runs a site until stopped: exit code 0; 1: it cannot run, and why was said; 2: wrong usage. */
export const runStart = async (argv: readonly string[], io: StartIo): Promise<number> => {
  const request = readRequest(argv);
  if (typeof request === "string") {
    io.stderr(request === "" ? USAGE : `headroom start: ${request}\n${USAGE}`);
    return request === "" ? 0 : 2;
  }
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

const text = { type: "string" } as const;
const OPTIONS = {
  config: text,
  data: text,
  port: { ...text, default: "8080" },
  "clock-scale": { ...text, default: "1" },
  help: { type: "boolean", default: false, short: "h" },
} as const;

/** What is asked for, or what is wrong with it; "": only the usage is wanted. */
const readRequest = (argv: readonly string[]): Request | string => {
  try {
    const { values } = parseArgs({ args: [...argv], options: OPTIONS });
    return values.help ? "" : toRequest(values);
  } catch (error) {
    return error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? "") : String(error);
  }
};

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

const toRequest = (values: Values): Request | string => {
  const port = Number(values.port);
  const clockScale = Number(values["clock-scale"]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return `--port is a whole number from 1 to 65535, not '${values.port}'`;
  if (!(clockScale >= 1 && clockScale <= 30))
    return `--clock-scale is a number from 1 to 30, not '${values["clock-scale"]}'`;
  return { config: values.config ?? null, data: values.data ?? null, port, clockScale };
};

/** Runs the roles of a site until stopped; a demo's simulator first, as it says where its devices are. */
const runRoles = async (request: Request, dataDirectory: string, io: StartIo): Promise<void> => {
  const supervised = { entry: io.entry, signal: io.signal, logger: io.logger };
  if (request.config !== null)
    return supervise({ ...supervised, roles: await rolesOf(request, request.config, dataDirectory) });
  const siteFile = join(dataDirectory, "demo.site.yaml");
  await rm(siteFile, { force: true });
  const args = ["--config", siteFile, "--mqtt-port", String(await freePort()), ...scaleOf(request)];
  const simulator = supervise({ ...supervised, roles: [{ name: "simulator", args }] });
  await waitForFile(siteFile, io.signal);
  if (!io.signal.aborted) await supervise({ ...supervised, roles: await rolesOf(request, siteFile, dataDirectory) });
  await simulator;
};

const rolesOf = async (request: Request, siteFile: string, dataDirectory: string): Promise<readonly Role[]> => {
  const { loaded } = await loadRunnableSite(siteFile);
  const common = ["--config", siteFile, "--data", dataDirectory];
  return [
    { name: "gateway", args: [...common, "--mqtt-port", String(loaded.mqttPort)] },
    { name: "control", args: [...common, ...(request.config === null ? scaleOf(request) : [])] },
    { name: "services", args: [...common, "--port", String(request.port)] },
  ];
};

const scaleOf = ({ clockScale }: Request): readonly string[] => ["--clock-scale", String(clockScale)];

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
    if (waitedMs >= DEMO_START_MS)
      throw new Error("The simulated devices of the demo did not start; the lines above say why.");
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
