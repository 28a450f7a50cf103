import type { CircuitState } from "../allocation/allocate.ts";
import { fault, type Fault } from "../model/fault.ts";
import { PHASES } from "../model/phase.ts";
import type { Circuit, Site } from "../model/site.ts";
import type { CycleRecord } from "./cycle.ts";

/** Everything wrong in the world as of this cycle: from the devices, and from what the cycle saw. */
export const findFaults = (site: Site, record: CycleRecord): readonly Fault[] => [
  ...(record.snapshot.isEmergencyStopped
    ? [fault("emergency-stop", site.id, "charging is stopped until the stop is released")]
    : []),
  ...site.circuits.flatMap((circuit, index) => circuitFaults(circuit, record.allocation.circuits[index])),
  ...record.allocation.observed
    .filter((each) => each.isDisobeying)
    .map((each) => fault("disobeys", each.planned.evse.id, "draws more than it was told")),
  ...site.stations
    .filter((station) => isFailsafeMissing(station.id, record))
    .map((station) => fault("failsafe-not-armed", station.id, "its failsafe could not be read back")),
  ...record.snapshot.faults,
];

const circuitFaults = (circuit: Circuit, state: CircuitState | undefined): readonly Fault[] => {
  if (state === undefined) return [];
  const over = PHASES.filter(
    (_, i) => (state.building.loadA[i] ?? 0) + (state.drawnA[i] ?? 0) > (state.limit.limitA[i] ?? 0),
  );
  const overload =
    over.length === 0 ? [] : [fault("overload", circuit.id, `more than the limit on ${over.join(", ")}`)];
  return [...overload, ...meterFaults(circuit, state)];
};

const meterFaults = (circuit: Circuit, { building }: CircuitState): readonly Fault[] => {
  const meter = circuit.meter ?? circuit.id;
  switch (building.meterState) {
    case "old":
      return [fault("meter-stale", meter, "no new value: nothing is raised")];
    case "lost":
      return [fault("meter-lost", meter, "the stated fallback load counts")];
    case "frozen":
      return [fault("meter-frozen", meter, "the same values for a minute: the stated fallback load counts")];
    case "fresh":
    case null:
      return [];
  }
};

/** A failsafe that is declared and can be armed, but is not proven though the station answers. */
const isFailsafeMissing = (station: string, record: CycleRecord): boolean => {
  const contact = record.snapshot.contacts.get(station);
  const isDeclared = record.allocation.observed.some(
    ({ planned }) =>
      planned.station.id === station && planned.evse.failsafeA !== null && planned.station.watchdogMs !== null,
  );
  return isDeclared && contact?.isReachable === true && !contact.isFailsafeProven;
};
