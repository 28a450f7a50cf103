import type { CarModel } from "#drivers/simulator/world/car.ts";
import type { Session } from "#drivers/simulator/world/sessions.ts";
import type { EvseSpec } from "#drivers/simulator/world/station.ts";
import type { WorldCircuit } from "#drivers/simulator/world/tree.ts";

/** A root circuit of 100 A. */
export const GRID: WorldCircuit = { id: "grid", parent: null, limitA: [100, 100, 100] };

/** The only EVSE of a station: obeys at once, no watchdog, 0 A at power-on. */
export const specAt = (station: string, change: Partial<EvseSpec> = {}): EvseSpec => ({
  id: `${station}/1`,
  station,
  circuit: "grid",
  phases: ["L1", "L2", "L3"],
  minA: 6,
  maxA: 32,
  powerOnA: 0,
  holdOffMs: 0,
  watchdog: { fedBy: "none", timeoutMs: 0, failsafeA: 0, isArmedAtPowerOn: false },
  ...change,
});

/** A three-phase 32 A car that reacts at once and stays for a day. */
export const sessionAt = (evse: string, car: Partial<CarModel> = {}, stay: Partial<Session> = {}): Session => ({
  id: `at-${evse}`,
  evse,
  arrivesAtMs: 0,
  departsAtMs: 86_400_000,
  ...stay,
  car: {
    phases: 3,
    minA: 6,
    maxA: 32,
    wattsPerAmp: 690,
    energyWantedWh: 1_000_000,
    lowersAfterMs: 0,
    raisesAfterMs: 0,
    onePhaseMs: 0,
    tapersFrom: 1,
    ignoresLimits: false,
    ...car,
  },
});
