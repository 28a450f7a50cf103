import type { Phase, PhaseVector } from "#controller/model/phase.ts";
import type {
  Link,
  SimulatedCircuit,
  SimulatedInverter,
  SimulatedMeter,
  SimulatedSite,
  SimulatedStation,
} from "./simulated-site.ts";
import type { DayStation } from "./world/day-file.ts";
import { generateDay } from "./world/generate-day.ts";

const limit = (limitA: number): PhaseVector => [limitA, limitA, limitA];

const CIRCUITS: readonly SimulatedCircuit[] = [
  {
    id: "grid",
    name: "Grid connection",
    parent: null,
    limitA: limit(160),
    more: { reserveA: 8, meter: "main", fallbackLoadA: 60, worstLoadA: 75 },
  },
  {
    id: "panel-north",
    name: "North hall",
    parent: "grid",
    limitA: limit(100),
    more: { reserveA: 4, meter: "north", fallbackLoadA: 12, worstLoadA: 15 },
  },
  { id: "panel-south", name: "South yard", parent: "grid", limitA: limit(80), more: { dedicated: true } },
  { id: "annex", name: "Annex", parent: "panel-south", limitA: limit(40), more: { dedicated: true } },
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

const INVERTERS: readonly SimulatedInverter[] = [
  {
    id: "roof",
    name: "Roof",
    circuit: "grid",
    profile: "huawei-sun2000",
    link: TCP,
    peakW: 12_000,
    batteryWh: 10_000,
  },
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
  const circuits = CIRCUITS.map(({ id, parent, limitA: [L1, L2, L3] }) => ({ id, parent, limitA: { L1, L2, L3 } }));
  return {
    id: "demo",
    name: "Demo depot",
    nominalVoltageV: 230,
    exportCreditA: 0,
    circuits: CIRCUITS,
    stations: STATIONS,
    meters: METERS,
    inverters: INVERTERS,
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
