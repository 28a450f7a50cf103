import { DEFAULT_STRATEGY_SETTINGS } from "../model/strategy.ts";
import { describeRow, planSite, phaseBit, type Plan, type PlannedEvse } from "../allocation/plan.ts";
import { addPhases, ZERO, mapPhases, phaseIndex, PHASES, type Phase, type PhaseVector } from "../model/phase.ts";
import type { Circuit, Evse, Site } from "../model/site.ts";
import type { CaseSite, CaseVehicle } from "./schema.ts";

/** The site of a case, laid out for the division. */
export type CasePlan = {
  readonly plan: Plan;
  readonly stations: ReadonlyMap<
    string,
    { readonly planned: PlannedEvse; readonly station: CaseSite["stations"][number] }
  >;
};

/** Lays out the site of a case that was checked. */
export const planCase = (site: CaseSite): CasePlan => {
  const plan = planSite(siteOfCase(site));
  const stations = new Map(
    site.stations.flatMap((station, i) => {
      const planned = plan.evses[i];
      return planned === undefined ? [] : [[station.id, { planned, station }] as const];
    }),
  );
  return { plan, stations };
};

const parentsFirst = (circuits: CaseSite["circuits"]): CaseSite["circuits"] => {
  const placed = circuits.filter(({ parent }) => parent === null);
  for (let i = 0; i < placed.length; i++) placed.push(...circuits.filter(({ parent }) => parent === placed[i]?.id));
  return placed;
};

/** The site of a case as the loop sees it: without meters, and with stations that measure nothing. */
export const siteOfCase = ({ circuits, stations }: CaseSite): Site => ({
  id: "case",
  name: "case",
  timezone: "UTC",
  nominalVoltageV: 230,
  cycleMs: 1000,
  exportCreditA: 0,
  strategy: "equal-share",
  strategySettings: DEFAULT_STRATEGY_SETTINGS,
  guaranteeMinimums: false,
  circuits: parentsFirst(circuits).map(toCircuit),
  stations: stations.map(({ id }) => ({
    id,
    name: id,
    profile: "case",
    watchdogMs: null,
    reactionMs: 0,
    measuresCurrent: false,
  })),
  evses: stations.map(toEvse),
  meters: [],
  inverters: [],
});

const toCircuit = ({ id, parent, limitA }: CaseSite["circuits"][number]): Circuit => ({
  id,
  name: id,
  parent,
  sealedA: toVector(limitA),
  sealedPowerW: null,
  generatorA: null,
  reserveA: 0,
  largestStepA: ZERO,
  maxImbalanceA: null,
  meter: null,
  fallbackLoadA: ZERO,
  worstLoadA: ZERO,
  otherLoadA: ZERO,
});

const toEvse = ({ id, circuit, phases, minA, maxA, stepA }: CaseSite["stations"][number]): Evse => ({
  id: `${id}/1`,
  station: id,
  number: 1,
  circuit,
  phases,
  minA,
  maxA,
  stepA,
  priority: 0,
  weight: 1,
  failsafeA: null,
  powerOnA: 0,
});

type Loads = Readonly<Record<string, Readonly<Record<Phase, number>> | undefined>>;

/** Headroom for vehicles, A per row: limits less loads of everything behind, exports counted in full, and less fixed draws. */
export const caseHeadroom = (casePlan: CasePlan, baseLoadA: Loads, vehicles: readonly CaseVehicle[]): Float64Array => {
  const { plan, stations } = casePlan;
  const loadA = loadsBehind(plan, baseLoadA);
  for (const vehicle of vehicles.filter(({ controllable }) => controllable === false)) {
    const station = stations.get(vehicle.station);
    const rows = station === undefined ? [] : vehicleRows(station.planned, vehicle);
    for (const row of rows) loadA[row] = (loadA[row] ?? 0) + (vehicle.fixedA ?? 0);
  }
  return loadA.map((load, row) => {
    const { circuit, phase } = describeRow(plan, row);
    return phase === null ? Infinity : Math.max(0, circuit.sealedA[phaseIndex(phase)] - load);
  });
};

const loadsBehind = ({ site, parentIndex, rowCount }: Plan, baseLoadA: Loads): Float64Array => {
  const loads = site.circuits.map(({ id }) => (baseLoadA[id] === undefined ? ZERO : toVector(baseLoadA[id])));
  for (let index = loads.length - 1; index >= 0; index--) {
    const parent = parentIndex[index] ?? -1;
    if (parent >= 0) loads[parent] = addPhases(loads[parent] ?? ZERO, loads[index] ?? ZERO);
  }
  return Float64Array.from({ length: rowCount }, (_, row) => loads[Math.floor(row / 3)]?.[row % 3] ?? 0);
};

/** The rows that a vehicle loads: it uses the first phases of its station. */
export const vehicleRows = ({ evse, rowsByMask }: PlannedEvse, { phases }: CaseVehicle): Int32Array => {
  const mask = evse.phases.slice(0, phases).reduce((bits, phase) => bits | phaseBit(phase), 0);
  return rowsByMask[mask] ?? new Int32Array();
};

const toVector = (perPhase: Readonly<Record<Phase, number>>): PhaseVector =>
  mapPhases((i) => perPhase[PHASES[i] ?? "L1"]);
