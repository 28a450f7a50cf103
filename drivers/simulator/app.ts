import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import { loadProfiles, type Profiles } from "../profiles/load.ts";
import { runCommand } from "./commands.ts";
import { type DevicePlaces, openDevices, type SimulatedPorts } from "./devices.ts";
import { evseSpecs, sessionsOf, type SimulatedSite } from "./simulated-site.ts";
import type { BuildingTable } from "./world/building.ts";
import { dayBuilding } from "./world/day-file.ts";
import { withPlants } from "./world/sun.ts";
import { advance, createWorld, order, type World } from "./world/world.ts";

/** How a simulator runs. */
export type SimulatorOptions = {
  readonly site: SimulatedSite;
  /** How many times faster than real the world goes, 1 to 30. */
  readonly scale: number;
  /** Broker of the stations that speak MQTT; null: they stay away. */
  readonly brokerUrl: string | null;
  readonly profiles?: Profiles;
  readonly places?: DevicePlaces | null;
};

/** A running simulator. */
export type Simulator = {
  readonly ports: SimulatedPorts;
  readonly world: World;
  command(line: string): object;
  close(): Promise<void>;
};

/** Pause between two looks at the clock, ms of the world's own time; the machine's timers do not go below the least, ms. */
const TICK_MS = 50;
const LEAST_TICK_MS = 5;

/** A site where an earlier controller has left every station at 0 A. */
const createPausedWorld = (site: SimulatedSite, profiles: Profiles): World => {
  const evses = evseSpecs(site, profiles);
  const world = createWorld({ circuits: site.circuits, evses }, sessionsOf(site), buildingOf(site), site.startMs);
  for (const evse of world.evses) order(world, evse, { setA: 0 });
  return world;
};

const buildingOf = ({ day, inverters, nominalVoltageV }: SimulatedSite): BuildingTable =>
  withPlants(dayBuilding(day), inverters, nominalVoltageV);

/** Opens every device of a site and lets its time pass. */
export const openSimulator = async ({
  site,
  scale,
  brokerUrl,
  profiles = loadProfiles(),
  places = null,
}: SimulatorOptions): Promise<Simulator> => {
  const world = createPausedWorld(site, profiles);
  const devices = await openDevices({ site, profiles, world, brokerUrl, places });
  const startedAt = performance.now();
  const catchUp = (): void => advance(world, site.startMs + (performance.now() - startedAt) * scale);
  const timer = setInterval(catchUp, Math.max(LEAST_TICK_MS, TICK_MS / scale));
  return {
    ports: devices.ports,
    world,
    command: (line) => {
      catchUp();
      return runCommand(world, devices.sensors, line);
    },
    close: async () => {
      clearInterval(timer);
      await devices.close();
    },
  };
};

/** A simulator as a process: prints `{"ready":true,...}` once everything listens, answers each line of its input with a line, ends with the signal or its input. */
export const runSimulator = async (
  options: SimulatorOptions & {
    readonly signal: AbortSignal;
    readonly input: Readable;
    readonly print: (line: string) => void;
  },
): Promise<void> => {
  const { signal, input, print } = options;
  const simulator = await openSimulator(options);
  try {
    print(JSON.stringify({ ready: true, ...simulator.ports }));
    for await (const line of createInterface({ input, signal })) {
      if (line.trim() !== "") print(JSON.stringify(simulator.command(line)));
    }
  } finally {
    await simulator.close();
  }
};
