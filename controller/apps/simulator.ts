import { rename, writeFile } from "node:fs/promises";
import type { Logger } from "pino";
import { stringify } from "yaml";
import { openSimulator } from "#drivers/simulator/app.ts";
import { createDemo, demoSite } from "#drivers/simulator/demo.ts";

type Options = {
  /** Where the site file of the simulated devices is written once they listen. */
  readonly siteFile: string;
  readonly mqttPort: number;
  readonly clockScale: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
};

/** Runs the demo's devices until the signal is aborted, and says in a site file where they are. */
export const runSimulator = async ({ siteFile, mqttPort, clockScale, signal, logger }: Options): Promise<void> => {
  const simulator = await openSimulator({
    site: createDemo(),
    scale: clockScale,
    brokerUrl: `mqtt://127.0.0.1:${mqttPort}`,
  });
  await writeFile(`${siteFile}.new`, stringify(demoSite(simulator.ports)));
  await rename(`${siteFile}.new`, siteFile);
  logger.info({ siteFile }, "simulated devices listen");
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  await simulator.close();
};
