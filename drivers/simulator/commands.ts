import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import type { Station, StationFaults } from "./world/station.ts";
import { fuseReports, reboot, sessionOutcomes, setFaults, stepBuilding, type World } from "./world/world.ts";

const closed = { additionalProperties: false };
const Id = Type.String({ minLength: 1, maxLength: 60 });

/** What may be asked of a running simulator, one JSON object a line; `station` may also name a meter or an inverter. */
const SimulatorCommand = Type.Union([
  Type.Object(
    { fault: Type.Enum(["silence", "garbage", "disobedience", "frozen"]), station: Id, on: Type.Boolean() },
    closed,
  ),
  Type.Object(
    { fault: Type.Literal("delayMs"), station: Id, value: Type.Number({ minimum: 0, maximum: 60_000 }) },
    closed,
  ),
  Type.Object(
    { fault: Type.Literal("lostFraction"), station: Id, value: Type.Number({ minimum: 0, maximum: 1 }) },
    closed,
  ),
  Type.Object({ reboot: Id, forMs: Type.Number({ minimum: 0, maximum: 3_600_000 }) }, closed),
  Type.Object(
    {
      buildingStepA: Type.Number({ minimum: -10_000, maximum: 10_000 }),
      circuit: Id,
      phase: Type.Enum(["L1", "L2", "L3"]),
    },
    closed,
  ),
  Type.Object({ report: Type.Literal(true) }, closed),
]);

type SimulatorCommand = Static<typeof SimulatorCommand>;

const validator = Compile(SimulatorCommand);

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};

const faultsOf = (command: Extract<SimulatorCommand, { station: string }>): Partial<StationFaults> =>
  "on" in command ? { [command.fault]: command.on } : { [command.fault]: command.value };

const applyFault = (
  world: World,
  sensors: ReadonlyMap<string, Station>,
  station: string,
  change: Partial<StationFaults>,
): boolean => {
  const sensor = sensors.get(station);
  if (sensor === undefined) return setFaults(world, station, change);
  Object.assign(sensor.faults, change);
  return true;
};

const rebooted = (world: World, station: string, forMs: number): boolean => {
  reboot(world, station, forMs);
  return world.stations.has(station);
};

/** Carries out one line; returns what to print: `{ ok }`, the report, or an error. */
export const runCommand = (world: World, sensors: ReadonlyMap<string, Station>, line: string): object => {
  const command = parse(line);
  if (!validator.Check(command)) return { error: `not a command: ${line.slice(0, 200)}` };
  if ("report" in command)
    return { report: { nowMs: world.nowMs, fuses: fuseReports(world), sessions: sessionOutcomes(world) } };
  if ("reboot" in command) return { ok: rebooted(world, command.reboot, command.forMs) };
  if ("buildingStepA" in command)
    return { ok: stepBuilding(world, command.circuit, command.phase, command.buildingStepA) };
  return { ok: applyFault(world, sensors, command.station, faultsOf(command)) };
};
