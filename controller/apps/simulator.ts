import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Logger } from "pino";
import { stringify } from "yaml";
import { openSimulator } from "#drivers/simulator/app.ts";
import { createDemo } from "#drivers/simulator/demo.ts";
import { runReport } from "#drivers/simulator/run-report.ts";
import { siteFileOf } from "#drivers/simulator/site-file.ts";
import { loadDaySite } from "./day-loading.ts";
import { loadRunnableSite } from "./site-loading.ts";

type Options = {
  /** Where the site file of the simulated devices is written once they listen; one that is there says which ports they had. */
  readonly siteFile: string;
  readonly mqttPort: number;
  readonly clockScale: number;
  /** The day file to live through, and where in it to begin; without one, the demo. */
  readonly day: string | null;
  readonly dayStartMs: number | null;
  readonly signal: AbortSignal;
  readonly logger: Logger;
};

/** Runs the devices of the demo or of a day until the signal is aborted, says in a site file where they are, and logs at the end what the fuses went through. */
export const runSimulator = async (options: Options): Promise<void> => {
  const { siteFile, mqttPort, clockScale, day, dayStartMs, signal, logger } = options;
  const site = day === null ? createDemo() : await loadDaySite(day, dayStartMs);
  const simulator = await openSimulator({
    site,
    scale: clockScale,
    brokerUrl: `mqtt://127.0.0.1:${mqttPort}`,
    places: { tcpPorts: await earlierPorts(siteFile), linesIn: join(dirname(siteFile), "lines") },
  });
  await writeFile(`${siteFile}.new`, stringify(siteFileOf(site, simulator.ports)));
  await rename(`${siteFile}.new`, siteFile);
  logger.info({ siteFile, timeOfDay: timeOfDay(site.startMs) }, "simulated devices listen");
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  logger.info({ run: runReport(simulator.world, site.startMs) }, "what fuses and cars went through");
  await simulator.close();
};

/** The ports that a simulator before this one had, so that nobody has to look for its devices anew. */
const earlierPorts = async (siteFile: string): Promise<Readonly<Record<string, number>>> => {
  const runnable = await loadRunnableSite(siteFile).catch(() => null);
  const { stations, meters, inverters } = runnable?.loaded.devices ?? { stations: [], meters: [], inverters: [] };
  return Object.fromEntries(
    [...stations, ...meters, ...inverters].flatMap(([id, address]) =>
      address.transport === "modbus-tcp" ? [[id, address.port] as const] : [],
    ),
  );
};

const MINUTE_MS = 60_000;

const timeOfDay = (ms: number): string => {
  const minutes = Math.floor(ms / MINUTE_MS);
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
};
