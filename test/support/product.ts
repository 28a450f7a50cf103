import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { freePort, startPeer } from "./peer-process.ts";

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
