import type { Draft, Entry } from "../draft.ts";
import { didYouMean } from "../inspect/nearest.ts";
import { type Finding, type Path, wrong } from "../problem.ts";
import type { CircuitConfig } from "../schema.ts";

const unknownId = (path: Path, what: string, id: string, known: ReadonlySet<string> | null): readonly Finding[] => {
  if (known === null || known.has(id)) return [];
  const all = [...known].slice(0, 10).join(", ");
  return [
    wrong(
      path,
      `there is no ${what} "${id}"`,
      didYouMean(id, known, known.size === 0 ? `add it under ${what}s` : `use one of ${all}, or add it`),
    ),
  ];
};

const circuitReferences = (draft: Draft): readonly Finding[] =>
  draft.circuits.flatMap(({ path, value: { parent, meter } }) => [
    ...(parent === undefined ? [] : unknownId([...path, "parent"], "circuit", parent, draft.circuitIds)),
    ...(meter === undefined ? [] : unknownId([...path, "meter"], "meter", meter, draft.meterIds)),
  ]);

/** The circuit that each station hangs on, and that each inverter feeds into. */
const deviceReferences = (draft: Draft): readonly Finding[] =>
  [...draft.stations, ...draft.inverters].flatMap(({ path, value }) =>
    unknownId([...path, "circuit"], "circuit", value.circuit, draft.circuitIds),
  );

const repeatedIds = (entries: readonly Entry<{ readonly id: string }>[], what: string): readonly Finding[] =>
  entries.flatMap(({ path, value: { id } }, i) =>
    entries.findIndex((e) => e.value.id === id) === i
      ? []
      : [wrong([...path, "id"], `another ${what} is called "${id}" already`, `give each ${what} its own id`)],
  );

const repeatedEvses = (draft: Draft): readonly Finding[] =>
  draft.stations.flatMap(({ path, value: { evses } }) =>
    evses.flatMap(({ id }, i) =>
      evses.findIndex((e) => e.id === id) === i
        ? []
        : [
            wrong(
              [...path, "evses", i, "id"],
              `another EVSE of this station has the number ${id}`,
              "number the EVSEs 1, 2, 3 as the station does",
            ),
          ],
    ),
  );

const measuredCircuits = (draft: Draft, meter: string): readonly Entry<CircuitConfig>[] =>
  draft.circuits.filter((c) => c.value.meter === meter);

const meterPlaces = (draft: Draft): readonly Finding[] =>
  draft.meters.flatMap(({ path, value: { id } }) => {
    const [first, ...others] = measuredCircuits(draft, id);
    if (first === undefined && draft.isComplete)
      return [
        wrong(
          [...path, "id"],
          `no circuit names the meter "${id}"`,
          `write meter: ${id} at the circuit it measures, or remove the meter`,
        ),
      ];
    return others.map((c) =>
      wrong(
        [...c.path, "meter"],
        `the meter "${id}" measures circuit ${first?.value.id} already`,
        "a meter sits at one place: name it at that circuit only",
      ),
    );
  });

/** Ids that are used twice, and references that lead nowhere. */
export const checkReferences = (draft: Draft): readonly Finding[] => [
  ...repeatedIds(draft.circuits, "circuit"),
  ...repeatedIds(draft.stations, "station"),
  ...repeatedIds(draft.meters, "meter"),
  ...repeatedIds(draft.inverters, "inverter"),
  ...repeatedEvses(draft),
  ...circuitReferences(draft),
  ...deviceReferences(draft),
  ...meterPlaces(draft),
];
