import { PHASES } from "../../model/phase.ts";
import type { Draft, Entry } from "../draft.ts";
import { formatAmps, phaseAmps, phasesAbove } from "../phase-amps.ts";
import { dubious, type Finding, wrong } from "../problem.ts";
import type { CircuitConfig } from "../schema.ts";
import { worstLoad } from "../to-site.ts";

type Circuits = ReadonlyMap<string, Entry<CircuitConfig>>;

const byId = (draft: Draft): Circuits => new Map(draft.circuits.map((entry) => [entry.value.id, entry]));

/** Ids from a circuit upwards; ends at the grid connection, at a missing parent, or where it would repeat. */
const pathUp = (circuits: Circuits, start: string): readonly string[] => {
  const path: string[] = [];
  for (let id: string | undefined = start; id !== undefined && !path.includes(id); id = circuits.get(id)?.value.parent)
    path.push(id);
  return path;
};

const cycles = (draft: Draft, circuits: Circuits): readonly Finding[] => {
  const seen = new Set<string>();
  return draft.circuits.flatMap(({ path, value: { id } }) => {
    const up = pathUp(circuits, id);
    const last = circuits.get(up.at(-1) ?? "");
    if (seen.has(id) || last?.value.parent !== id) return [];
    up.forEach((member) => seen.add(member));
    return [
      wrong(
        [...path, "parent"],
        `these circuits feed each other in a ring: ${[...up, id].join(" ← ")}`,
        "name at each circuit the one that feeds it; the grid connection has no parent",
      ),
    ];
  });
};

const roots = (draft: Draft): readonly Finding[] => {
  const [first, ...others] = draft.circuits.filter((c) => c.value.parent === undefined);
  if (first === undefined)
    return [
      wrong(
        ["circuits"],
        "no circuit is the grid connection",
        "leave out parent at the circuit where the grid comes in",
      ),
    ];
  return others.map((c) =>
    wrong(
      c.path,
      `"${c.value.id}" and "${first.value.id}" both have no parent, but a site has one grid connection`,
      `write parent: ${first.value.id} here, or describe the second connection in its own site file`,
    ),
  );
};

const childAboveParent = (child: Entry<CircuitConfig>, parent: CircuitConfig): readonly Finding[] => {
  const above = phasesAbove(phaseAmps(child.value.limitA), phaseAmps(parent.limitA));
  if (above.length === 0) return [];
  return [
    dubious(
      [...child.path, "limitA"],
      `the limit is above that of "${parent.id}", which feeds it, on ${above.join(", ")}`,
      "check the two ratings; the lower one holds",
    ),
  ];
};

const loadAboveParent = (child: Entry<CircuitConfig>, parent: CircuitConfig): readonly Finding[] => {
  const own = worstLoad(child.value);
  const fed = worstLoad(parent);
  if (own === null || fed === null || parent.dedicated || phasesAbove(own, fed).length === 0) return [];
  return [
    dubious(
      [...child.path],
      `its building load is above that of "${parent.id}", which feeds it`,
      `count the load of "${child.value.id}" in worstLoadA of "${parent.id}" too`,
    ),
  ];
};

const otherLoadBelowDedicated = (child: Entry<CircuitConfig>, parent: CircuitConfig): readonly Finding[] =>
  parent.dedicated && !child.value.dedicated
    ? [
        wrong(
          [...child.path, "dedicated"],
          `"${parent.id}" is dedicated to stations, but "${child.value.id}" below it is not`,
          `write dedicated: true here if only stations hang on it, else remove it from "${parent.id}"`,
        ),
      ]
    : [];

const alongEdges = (draft: Draft, circuits: Circuits): readonly Finding[] =>
  draft.circuits.flatMap((child) => {
    const parent = circuits.get(child.value.parent ?? "")?.value;
    return parent === undefined
      ? []
      : [
          ...childAboveParent(child, parent),
          ...loadAboveParent(child, parent),
          ...otherLoadBelowDedicated(child, parent),
        ];
  });

const SLIP_FACTOR = 4;

const ratingsBelow = (draft: Draft, circuits: Circuits, id: string): number => {
  const below = draft.stations
    .filter((s) => pathUp(circuits, s.value.circuit).includes(id))
    .flatMap((s) => s.value.evses);
  return Math.max(
    ...PHASES.map((phase) => below.filter((e) => e.phases.includes(phase)).reduce((sum, e) => sum + e.maxA, 0)),
  );
};

const slips = (draft: Draft, circuits: Circuits): readonly Finding[] =>
  draft.circuits.flatMap(({ path, value }) => {
    const limitA = Math.max(...phaseAmps(value.limitA));
    const ratingsA = ratingsBelow(draft, circuits, value.id);
    const loadA = Math.max(...(worstLoad(value) ?? [Infinity]));
    if (value.confirmLargeLimit || ratingsA === 0 || limitA <= SLIP_FACTOR * (ratingsA + loadA)) return [];
    const slip = limitA % 10 === 0 ? `is this a slip for ${limitA / 10}?` : "is this a slip?";
    return [
      wrong(
        [...path, "limitA"],
        `${formatAmps(limitA)} is far more than everything behind it can draw (${formatAmps(ratingsA + loadA)})`,
        `${slip} If it is right, write confirmLargeLimit: true`,
      ),
    ];
  });

/** Whether the circuits form one tree, and whether each fits the one that feeds it. */
export const checkTree = (draft: Draft): readonly Finding[] => {
  const circuits = byId(draft);
  if (!draft.isComplete || circuits.size < draft.circuits.length) return [];
  const rings = cycles(draft, circuits);
  if (rings.length > 0) return rings;
  return [...roots(draft), ...alongEdges(draft, circuits), ...slips(draft, circuits)];
};
