import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import { freePort, startPeer } from "#test/support/peer-process.ts";

const ENTRY = join(import.meta.dirname, "../../controller/main.ts");

type LogLine = Readonly<Record<string, unknown>>;

/** The product as a user starts it, in a data directory of its own. */
export type Product = {
  readonly page: string;
  /** The next line of its log with this message and these fields. */
  logged(msg: string, fields?: LogLine): Promise<LogLine>;
  /** The site file of its simulated devices. */
  siteFile(): Promise<string>;
  /** Asks it to stop; the log can be read on. */
  stop(): Promise<void>;
  /** Removes what it left. */
  remove(): Promise<void>;
};

/** Runs `headroom start` with some arguments more. */
export const startProduct = async (args: readonly string[]): Promise<Product> => {
  const directory = await mkdtemp(join(tmpdir(), "head room-"));
  const port = await freePort();
  const peer = startPeer(process.execPath, [ENTRY, "start", "--data", directory, "--port", String(port), ...args]);
  return {
    page: `http://127.0.0.1:${port}`,
    async logged(msg, fields = {}) {
      for (;;) {
        const line = JSON.parse(await peer.lineWith(JSON.stringify(msg))) as LogLine;
        if (Object.entries(fields).every(([name, value]) => line[name] === value)) return line;
      }
    },
    siteFile: () => readFile(join(directory, "demo.site.yaml"), "utf8"),
    stop: () => peer.end(),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
};

const PATIENCE_MS = 60_000;

/** The newest live frame of a running site, as its page gets it; null while there is none. */
const liveFrame = async (page: string): Promise<LiveFrame | null> => {
  const response = await fetch(`${page}/api/v1/state`).catch(() => null);
  return response?.ok === true ? ((await response.json()) as LiveFrame) : null;
};

/** Looks at a page until a frame is as told; rejects with `what` when that takes too long. */
export const waitForFrame = async (
  page: string,
  what: string,
  isSo: (now: LiveFrame) => boolean,
  patienceMs = PATIENCE_MS,
): Promise<LiveFrame> => {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 250) {
    const now = await liveFrame(page);
    if (now !== null && isSo(now)) return now;
    await sleep(250);
  }
  throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
};

/** How many EVSEs charge. */
export const chargingCount = ({ evses }: LiveFrame): number =>
  evses.filter(({ drawnA }) => Math.max(...(drawnA ?? [0])) > 5).length;

/** Whether the vehicle at a station charges. */
export const isCharging = ({ evses }: LiveFrame, station: string): boolean =>
  evses.some((evse) => evse.station === station && Math.max(...(evse.drawnA ?? [0])) > 5);
