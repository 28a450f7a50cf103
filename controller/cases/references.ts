import type { CaseSite, CaseVehicle, StreamStep } from "./schema.ts";

/** Circuits and stations that come twice, and names in them that lead nowhere, each with its place. */
export const siteProblems = ({ circuits, stations }: CaseSite): readonly string[] => {
  const parents = new Map(circuits.map(({ id, parent }) => [id, parent]));
  return [
    ...twice(circuits, "/site/circuits", "circuit"),
    ...circuits.flatMap(({ id, parent }, i) => {
      const problem = parentProblem(parents, id, parent);
      return problem === null ? [] : [`/site/circuits/${i}/parent: ${problem}`];
    }),
    ...twice(stations, "/site/stations", "station"),
    ...stations.flatMap(({ circuit }, i) =>
      parents.has(circuit) ? [] : [`/site/stations/${i}/circuit: there is no circuit '${circuit}'`],
    ),
  ];
};

const twice = (parts: readonly { readonly id: string }[], at: string, what: string): readonly string[] => {
  const firsts = new Map(parts.map(({ id }, i) => [id, i] as const).toReversed());
  return parts.flatMap(({ id }, i) =>
    firsts.get(id) === i ? [] : [`${at}/${i}/id: there is another ${what} '${id}' before it`],
  );
};

const parentProblem = (
  parents: ReadonlyMap<string, string | null>,
  id: string,
  parent: string | null,
): string | null => {
  if (parent !== null && !parents.has(parent)) return `there is no circuit '${parent}'`;
  const above = new Set<string>();
  for (let next = parent; next !== null && !above.has(next); next = parents.get(next) ?? null) above.add(next);
  return above.has(id) ? `circuit '${id}' hangs behind itself` : null;
};

/** Vehicles that come twice, hang on no station, or draw a current that nobody states, each with its place. */
export const vehicleProblems = (
  evs: readonly CaseVehicle[],
  stations: { readonly has: (id: string) => boolean },
): readonly string[] => [
  ...twice(evs, "/evs", "vehicle"),
  ...evs.flatMap(({ station }, i) =>
    stations.has(station) ? [] : [`/evs/${i}/station: there is no station '${station}'`],
  ),
  ...evs.flatMap(({ controllable, fixedA }, i) =>
    controllable === false && fixedA === undefined
      ? [`/evs/${i}/fixedA: must say what a vehicle that is not controllable draws`]
      : [],
  ),
];

/** Loads of circuits that the site does not have. */
export const loadProblems = (
  baseLoadA: StreamStep["baseLoadA"],
  circuits: { readonly has: (id: string) => boolean },
): readonly string[] =>
  Object.keys(baseLoadA).flatMap((id) => (circuits.has(id) ? [] : [`/baseLoadA/${id}: there is no circuit '${id}'`]));
