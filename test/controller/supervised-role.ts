import { exitWithParent, supervise } from "#controller/supervisor.ts";
import pino from "pino";

/** A stand-in for the program that a supervisor starts: `node supervised-role.ts <role> <behaviour>`. */
const [, entry = "", role = "", behaviour = ""] = process.argv;

const logger = pino({ base: { process: role, pid: process.pid } }, pino.destination({ fd: 1, sync: true }));

const beat = (): void => {
  process.send?.({ type: "cycle" });
};

const stayAlive = (): void => {
  setInterval(() => undefined, 60_000);
};

const behaviours: Readonly<Record<string, () => void>> = {
  beats: () => setInterval(beat, 10),
  "sends-nonsense": () => setInterval(() => process.send?.({ type: "not-a-cycle" }), 10),
  blocks: () => {
    beat();
    setImmediate(() => {
      for (;;);
    });
  },
  "ends-at-once": () => process.exit(3),
  "ignores-sigterm": () => {
    process.on("SIGTERM", () => logger.info("ignored SIGTERM"));
    stayAlive();
  },
  stays: stayAlive,
  supervises: () => {
    const roles = [{ name: "services", args: ["stays"] }];
    void supervise({ roles, entry, signal: new AbortController().signal, logger });
  },
};

exitWithParent();
process.on("exit", () => logger.info("ends"));
if (behaviour !== "ignores-sigterm") process.on("SIGTERM", () => process.exit(0));
behaviours[behaviour]?.();
logger.info("runs");
