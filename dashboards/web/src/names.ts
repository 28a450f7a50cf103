import type { Fault } from "#controller/model/fault.ts";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import type { Speech } from "./i18n/index.ts";

/** What people call the things of a site; an id that nothing has stands for itself. */
export type Names = {
  readonly circuit: (id: string) => string;
  /** The station; with the number of the EVSE where a station has several. */
  readonly evse: (id: string) => string;
  /** What a fault is about. */
  readonly subject: (fault: Fault) => string;
};

/** The names that a frame gives; ids of different kinds may be the same, so a fault's code decides what its subject is. */
export const namesIn = ({ circuits, evses, stations, site }: LiveFrame, { say }: Speech): Names => {
  const circuitNames = new Map(circuits.map(({ id, name }) => [id, name]));
  const stationNames = new Map(stations.map(({ id, name }) => [id, name]));
  const evseNames = new Map(
    evses.map(({ id, station, number }) => {
      const name = stationNames.get(station) ?? station;
      const isOneOfMany = evses.filter((other) => other.station === station).length > 1;
      return [id, isOneOfMany ? `${name} · ${say("evse.number", { number })}` : name];
    }),
  );
  const circuit = (id: string): string => circuitNames.get(id) ?? id;
  const evse = (id: string): string => evseNames.get(id) ?? id;
  const meter = (id: string): string => {
    const measured = circuits.find((each) => each.meter?.id === id || (each.id === id && each.meter === null));
    return say("meter.name", { id, circuit: measured?.name ?? id });
  };
  const device = (id: string): string => {
    if (stationNames.has(id)) return stationNames.get(id) ?? id;
    if (evseNames.has(id)) return evse(id);
    return circuits.some((each) => each.meter?.id === id) ? meter(id) : id;
  };
  const subject = ({ code, subject: id }: Fault): string => {
    if (code === "overload") return circuit(id);
    if (code.startsWith("meter-")) return meter(id);
    return id === site.id && !stationNames.has(id) ? site.name : device(id);
  };
  return { circuit, evse, subject };
};
