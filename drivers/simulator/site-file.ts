import type { PhaseVector } from "#controller/model/phase.ts";
import type { SimulatedPorts } from "./devices.ts";
import type { Link, SimulatedSite } from "./simulated-site.ts";
import type { PerPhase } from "./world/day-file.ts";

const deviceOf = (id: string, profile: string, link: Link, ports: SimulatedPorts): object => {
  if (link.transport === "modbus-tcp")
    return { profile, transport: link.transport, host: "127.0.0.1", port: ports.tcp[id] };
  if (link.transport === "mqtt") return { profile, transport: link.transport, topicPrefix: link.prefix };
  return { profile, transport: link.transport, path: ports.lines[link.line], unitId: link.unitId };
};

const ampsOf = ([L1, L2, L3]: PhaseVector): number | PerPhase<number> => (L1 === L2 && L2 === L3 ? L1 : { L1, L2, L3 });

/** The site file of a simulated site as a plain object, for the ports that its devices took. Nobody's fuse is at stake, so unproven fallbacks are accepted. */
export const siteFileOf = (site: SimulatedSite, ports: SimulatedPorts): object => ({
  site: {
    id: site.id,
    name: site.name,
    timezone: "Europe/Berlin",
    nominalVoltageV: site.nominalVoltageV,
    exportCreditA: site.exportCreditA,
  },
  circuits: site.circuits.map(({ id, name, parent, limitA, more }) => ({
    id,
    name,
    ...(parent === null ? {} : { parent }),
    limitA: ampsOf(limitA),
    ...more,
    acceptUnproven: true,
  })),
  stations: site.stations.map(({ id, circuit, profile, link, evses }) => ({
    id,
    circuit,
    device: deviceOf(id, profile, link, ports),
    evses: evses.map((evse, index) => ({ id: index + 1, minA: 6, ...evse, phases: [...evse.phases] })),
  })),
  meters: site.meters.map(({ id, measures, profile, link }) => ({
    id,
    measures,
    device: deviceOf(id, profile, link, ports),
  })),
  inverters: site.inverters.map(({ id, name, circuit, profile, link }) => ({
    id,
    name,
    circuit,
    device: deviceOf(id, profile, link, ports),
  })),
  strategy: "equal-share",
  ...(ports.brokerUrl === null ? {} : { gateway: { mqttPort: Number(new URL(ports.brokerUrl).port || "1883") } }),
});
