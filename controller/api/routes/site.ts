import type { LiveFrame } from "../../protocol/live-frame.ts";
import { toPhases } from "../schemas.ts";
import { requireFrame, type Route } from "./route.ts";

const structureOf = ({ site: about, cycleMs, circuits, inverters, stations, evses }: LiveFrame) => ({
  id: about.id,
  name: about.name,
  timezone: about.timezone,
  strategy: about.strategy,
  cycleMs,
  circuits: circuits.map(({ id, name, parent, sealedA, reserveA, meter }) => ({
    id,
    name,
    parent,
    sealedA: toPhases(sealedA),
    reserveA,
    meter: meter?.id ?? null,
  })),
  inverters: inverters.map(({ id, name, circuit }) => ({ id, name, circuit })),
  stations: stations.map(({ id, name, profile }) => ({ id, name, profile })),
  evses: evses.map(({ id, station, number, circuit, phases, priority }) => ({
    id,
    station,
    number,
    circuit,
    phases,
    priority,
  })),
});

/** The structure of the site: what does not change from cycle to cycle. */
export const site: Route = (app, context) => {
  app.get("/api/v1/site", async () => structureOf(requireFrame(context)));
};
