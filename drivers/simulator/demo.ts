import type { Phase } from "#controller/model/phase.ts";
import type { SimulatedPorts } from "./devices.ts";
import type { Link, SimulatedMeter, SimulatedSite, SimulatedStation } from "./simulated-site.ts";
import type { DayStation } from "./world/day-file.ts";
import { generateDay } from "./world/generate-day.ts";

type DemoCircuit = {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  readonly limitA: number;
  /** What else the site file says of it. */
  readonly more: { readonly [key: string]: number | string | boolean };
};

const CIRCUITS: readonly DemoCircuit[] = [
  {
    id: "grid",
    name: "Grid connection",
    parent: null,
    limitA: 160,
    more: { reserveA: 8, meter: "main", fallbackLoadA: 60, worstLoadA: 75 },
  },
  {
    id: "panel-north",
    name: "North hall",
    parent: "grid",
    limitA: 100,
    more: { reserveA: 4, meter: "north", fallbackLoadA: 12, worstLoadA: 15 },
  },
  { id: "panel-south", name: "South yard", parent: "grid", limitA: 80, more: { dedicated: true } },
  { id: "annex", name: "Annex", parent: "panel-south", limitA: 40, more: { dedicated: true } },
];

const ROTATIONS: readonly (readonly [Phase, Phase, Phase])[] = [
  ["L1", "L2", "L3"],
  ["L2", "L3", "L1"],
  ["L3", "L1", "L2"],
];

const TCP: Link = { transport: "modbus-tcp" };
const line = (name: string, unitId: number): Link => ({ transport: "modbus-rtu", line: name, unitId });
const FAILSAFE_A = 6;

type Row = readonly [circuit: string, profile: string, link: Link, maxA: number, hasFailsafe: boolean];

const ROWS: readonly Row[] = [
  ["panel-north", "alfen-eve-ng9xx", TCP, 32, true],
  ["panel-north", "alfen-eve-ng9xx", TCP, 32, true],
  ["panel-north", "keba-p30", TCP, 32, true],
  ["panel-north", "keba-p30", TCP, 32, true],
  ["panel-north", "abb-terra-ac", TCP, 32, true],
  ["panel-north", "abb-terra-ac", TCP, 16, true],
  ["panel-north", "phoenix-charx-sec", TCP, 16, true],
  ["panel-north", "bender-cc612-cc613", TCP, 32, true],
  ["panel-south", "bender-cc612-cc613", TCP, 32, true],
  ["panel-south", "go-e-charger-mqtt", { transport: "mqtt", prefix: "go-eCharger/000010" }, 16, false],
  ["panel-south", "openwb-1-mqtt", { transport: "mqtt", prefix: "openWB" }, 16, false],
  ["panel-south", "mennekes-amtron-compact-2-0s", line("rs485-yard", 50), 16, true],
  ["annex", "heidelberg-energy-control", line("rs485-annex", 1), 16, true],
  ["annex", "heidelberg-energy-control", line("rs485-annex", 2), 16, true],
];

const station = ([circuit, profile, link, maxA, hasFailsafe]: Row, index: number): SimulatedStation => ({
  id: `bay-${String(index + 1).padStart(2, "0")}`,
  circuit,
  profile,
  link,
  evses: [
    {
      phases: ROTATIONS[index % ROTATIONS.length] ?? ["L1", "L2", "L3"],
      maxA,
      ...(hasFailsafe ? { failsafeA: FAILSAFE_A } : {}),
    },
  ],
});

const STATIONS = ROWS.map(station);

const METERS: readonly SimulatedMeter[] = [
  { id: "main", circuit: "grid", measures: "all", profile: "eastron-sdm630", link: line("rs485-meter", 1) },
  { id: "north", circuit: "panel-north", measures: "all", profile: "janitza-umg604", link: TCP },
];

const dayStation = ({ id, circuit, evses }: SimulatedStation): DayStation => ({
  id,
  circuit,
  phases: evses[0]?.phases ?? [],
  minA: 6,
  maxA: evses[0]?.maxA ?? 0,
  stepA: 1,
});

const HALF_PAST_EIGHT_MS = 8.5 * 3_600_000;

/** The demo: a depot with three levels of circuits at half past eight on a busy morning; the same at every start. */
export const createDemo = (): SimulatedSite => {
  const circuits = CIRCUITS.map(({ id, parent, limitA }) => ({
    id,
    parent,
    limitA: { L1: limitA, L2: limitA, L3: limitA },
  }));
  return {
    id: "demo",
    circuits: CIRCUITS.map(({ id, parent, limitA }) => ({ id, parent, limitA: [limitA, limitA, limitA] })),
    stations: STATIONS,
    meters: METERS,
    day: generateDay({
      id: "demo-morning",
      seed: 14,
      site: { circuits, stations: STATIONS.map(dayStation) },
      buildings: [
        { circuit: "grid", nightA: 12, dayA: 30, hasLiftAndKitchen: true },
        { circuit: "panel-north", nightA: 2, dayA: 8, hasLiftAndKitchen: false },
      ],
      occupancy: 0.95,
    }),
    startMs: HALF_PAST_EIGHT_MS,
    habits: { lowersAfterMs: 3000, raisesAfterMs: 4000, onePhaseMs: 3000, tapersFrom: 0.85 },
  };
};

const deviceOf = (id: string, profile: string, link: Link, ports: SimulatedPorts): object => {
  if (link.transport === "modbus-tcp")
    return { profile, transport: link.transport, host: "127.0.0.1", port: ports.tcp[id] };
  if (link.transport === "mqtt") return { profile, transport: link.transport, topicPrefix: link.prefix };
  return { profile, transport: link.transport, path: ports.lines[link.line], unitId: link.unitId };
};

/** The demo's site file as a plain object, for the ports that its simulator took. */
export const demoSite = (ports: SimulatedPorts): object => ({
  site: { id: "demo", name: "Demo depot", timezone: "Europe/Berlin" },
  circuits: CIRCUITS.map(({ id, name, parent, limitA, more }) => ({
    id,
    name,
    ...(parent === null ? {} : { parent }),
    limitA,
    ...more,
    acceptUnproven: true,
  })),
  stations: STATIONS.map(({ id, circuit, profile, link, evses }) => ({
    id,
    circuit,
    device: deviceOf(id, profile, link, ports),
    evses: evses.map((evse, index) => ({ id: index + 1, minA: 6, ...evse, phases: [...evse.phases] })),
  })),
  meters: METERS.map(({ id, measures, profile, link }) => ({
    id,
    measures,
    device: deviceOf(id, profile, link, ports),
  })),
  strategy: "equal-share",
  ...(ports.brokerUrl === null ? {} : { gateway: { mqttPort: Number(new URL(ports.brokerUrl).port || "1883") } }),
});
