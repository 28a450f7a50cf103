/** A case as JSON has it: a panel behind the grid connection, two stations on the panel, a vehicle at each. */
export const smallCase = () => ({
  format: "alloc-instant/1",
  id: "small",
  site: {
    circuits: [
      { id: "grid", parent: null, limitA: { L1: 63, L2: 63, L3: 63 }, baseLoadA: { L1: 35, L2: 20, L3: 10 } },
      { id: "panel", parent: "grid", limitA: { L1: 32, L2: 32, L3: 32 } },
    ],
    stations: [station("left", ["L1", "L2", "L3"]), station("right", ["L2", "L3", "L1"])],
  },
  evs: [vehicle("car-1", "left"), vehicle("car-2", "right")],
});

const station = (id: string, phases: readonly string[]) => ({
  id,
  circuit: "panel",
  phases: [...phases],
  minA: 6,
  maxA: 32,
  stepA: 1,
});

const vehicle = (id: string, at: string): Record<string, unknown> => ({ id, station: at, phases: 3, maxA: 32 });

/** The first line of a stream on the same site. */
export const smallStart = () => {
  const { circuits, stations } = smallCase().site;
  return { type: "init", stepS: 60, site: { circuits, stations } };
};

/** A further line of that stream, `k` minutes after its beginning. */
export const smallStep = (k: number) => ({
  type: "step",
  timeS: k * 60,
  baseLoadA: { grid: { L1: 35, L2: 20, L3: 10 } },
  evs: smallCase().evs,
});
