import { PHASES } from "#controller/model/phase.ts";
import type { Day } from "./world/day-file.ts";

const repeatedIds = (where: string, entries: readonly { readonly id: string }[]): readonly string[] => {
  const seen = new Set<string>();
  return entries.flatMap(({ id }, i) => {
    if (seen.has(id)) return [`${where}[${i}].id: "${id}" is there twice`];
    seen.add(id);
    return [];
  });
};

const unknownId = (path: string, id: string, known: ReadonlySet<string>): readonly string[] =>
  known.has(id) ? [] : [`${path}: there is no "${id}"`];

const endsAtRoot = (parents: ReadonlyMap<string, string | null>, id: string): boolean => {
  let at: string | null | undefined = id;
  for (let steps = 0; steps <= parents.size && at !== null && at !== undefined; steps++) at = parents.get(at);
  return at === null || at === undefined;
};

const treeProblems = ({ site: { circuits } }: Day): readonly string[] => {
  const parents = new Map(circuits.map(({ id, parent }) => [id, parent]));
  const known = new Set(parents.keys());
  const roots = circuits.filter(({ parent }) => parent === null).length;
  return [
    ...repeatedIds("site.circuits", circuits),
    ...circuits.flatMap(({ parent }, i) =>
      parent === null ? [] : unknownId(`site.circuits[${i}].parent`, parent, known),
    ),
    ...circuits.flatMap(({ id }, i) =>
      endsAtRoot(parents, id) ? [] : [`site.circuits[${i}].parent: "${id}" feeds itself`],
    ),
    ...(roots === 1 ? [] : [`site.circuits: ${roots} have no parent, but a site has one grid connection`]),
  ];
};

const stationProblems = ({ site }: Day): readonly string[] => {
  const circuits = new Set(site.circuits.map(({ id }) => id));
  return [
    ...repeatedIds("site.stations", site.stations),
    ...site.stations.flatMap(({ circuit, minA, maxA }, i) => [
      ...unknownId(`site.stations[${i}].circuit`, circuit, circuits),
      ...(minA <= maxA ? [] : [`site.stations[${i}].minA: ${minA} is above maxA, ${maxA}`]),
    ]),
  ];
};

const loadProblems = ({ site, baseLoadA, periods }: Day): readonly string[] => {
  const circuits = new Set(site.circuits.map(({ id }) => id));
  return Object.entries(baseLoadA).flatMap(([circuit, loadA]) => [
    ...unknownId(`baseLoadA.${circuit}`, circuit, circuits),
    ...PHASES.filter((phase) => loadA[phase].length !== periods).map(
      (phase) => `baseLoadA.${circuit}.${phase}: ${loadA[phase].length} values for ${periods} periods`,
    ),
  ]);
};

const sessionProblems = ({ site, sessions }: Day): readonly string[] => {
  const stations = new Set(site.stations.map(({ id }) => id));
  return [
    ...repeatedIds("sessions", sessions),
    ...sessions.flatMap(({ station, arrivalPeriod, departurePeriod }, i) => [
      ...unknownId(`sessions[${i}].station`, station, stations),
      ...(arrivalPeriod < departurePeriod ? [] : [`sessions[${i}].departurePeriod: not after arrivalPeriod`]),
    ]),
  ];
};

/** Every place where parts of a day do not fit each other. */
export const referenceProblems = (day: Day): readonly string[] => [
  ...treeProblems(day),
  ...stationProblems(day),
  ...loadProblems(day),
  ...sessionProblems(day),
];
