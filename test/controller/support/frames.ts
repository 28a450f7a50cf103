import { allPhases } from "#controller/model/phase.ts";
import type { LiveCircuit, LiveEvse, LiveFrame, LiveInverter } from "#controller/protocol/live-frame.ts";

/** A circuit with half of its 100 A in use, unless overridden. */
export const aCircuit = (over: Partial<LiveCircuit> = {}): LiveCircuit => ({
  id: "grid",
  name: "Grid connection",
  parent: null,
  sealedA: allPhases(100),
  limitA: allPhases(100),
  limitSource: "sealed",
  leaseEndsAt: null,
  sealedPowerW: null,
  powerW: null,
  powerSource: "sealed",
  evPowerW: null,
  evPowerSource: "sealed",
  reserveA: 10,
  reserveAskedA: null,
  buildingA: allPhases(30),
  accountedA: allPhases(20),
  drawnA: allPhases(20),
  headroomA: allPhases(40),
  shadowPriceW: allPhases(0),
  waited: [],
  meter: { id: "main", ageMs: 400, state: "fresh" },
  fallback: "proven",
  ...over,
});

/** An EVSE that charges at its full current, unless overridden. */
export const anEvse = (over: Partial<LiveEvse> = {}): LiveEvse => ({
  id: "bay-01/1",
  station: "bay-01",
  number: 1,
  circuit: "grid",
  phases: ["L1", "L2", "L3"],
  priority: 1,
  state: "C",
  isReachable: true,
  setpointA: 20,
  aloneA: 32,
  offeredA: 20,
  drawnA: allPhases(19.6),
  powerW: 13_500,
  energyWh: 8200,
  reason: { code: "full-current" },
  need: null,
  boostEndsAt: null,
  ...over,
});

/** Solar modules and a battery that gives. */
export const A_ROOF: LiveInverter = {
  id: "roof",
  name: "Roof",
  circuit: "grid",
  isReachable: true,
  pvPowerW: 12_400,
  batteryPowerW: -2500,
  batterySocPct: 72.5,
  currentA: null,
};

/** A small healthy site, unless overridden. */
export const aFrame = (over: Partial<LiveFrame> = {}): LiveFrame => ({
  cycle: 7,
  at: "2026-03-02T09:15:00.000Z",
  cycleMs: 1000,
  lateMs: 2,
  site: {
    id: "depot-7",
    name: "North depot",
    timezone: "Europe/Berlin",
    strategy: "equal-share",
    isEmergencyStopped: false,
    isOnGenerator: false,
  },
  circuits: [aCircuit(), aCircuit({ id: "panel-a", name: "Panel A", parent: "grid", sealedA: allPhases(63) })],
  evses: [anEvse()],
  stations: [{ id: "bay-01", name: "Bay 01", profile: "alfen-eve-ng9xx", isReachable: true, isFailsafeProven: true }],
  inverters: [],
  faults: [],
  schedules: [],
  gridOperator: null,
  ...over,
});
