import { allPhases, type PhaseVector } from "../../model/phase.ts";
import { reserveAsked } from "../../model/reserve-rule.ts";
import type { Draft, Entry } from "../draft.ts";
import { formatAmps, phaseAmps, phasesAbove } from "../phase-amps.ts";
import { dubious, type Finding, wrong } from "../problem.ts";
import type { CircuitConfig } from "../schema.ts";
import { worstLoad } from "../to-site.ts";

const LOADS = ["otherLoadA", "fallbackLoadA", "worstLoadA", "largestStepA"] as const;

const loadsAboveLimit = ({ path, value }: Entry<CircuitConfig>): readonly Finding[] =>
  LOADS.flatMap((key) => {
    const load = value[key];
    const above = load === undefined ? [] : phasesAbove(phaseAmps(load), phaseAmps(value.limitA));
    return above.length === 0
      ? []
      : [
          wrong(
            [...path, key],
            `the load is above the circuit's own limit on ${above.join(", ")}`,
            "check both figures: the fuse would blow without any vehicle",
          ),
        ];
  });

const reserveAboveLimit = ({ path, value }: Entry<CircuitConfig>): readonly Finding[] => {
  const leastA = Math.min(...phaseAmps(value.limitA).filter((a) => a > 0));
  if (value.reserveA < leastA) return [];
  return [
    wrong(
      [...path, "reserveA"],
      `a reserve of ${formatAmps(value.reserveA)} leaves nothing of the limit of ${formatAmps(leastA)}`,
      "lower reserveA below limitA",
    ),
  ];
};

/** Where the building is measured, its steps meet what is left of the limit; a load that is stated is counted in full. */
const reserveBelowStep = (draft: Draft, { path, value }: Entry<CircuitConfig>): readonly Finding[] => {
  if (value.largestStepA === undefined || building(draft, value.meter) !== "measured") return [];
  const askedA = reserveAsked(phaseAmps(value.limitA), phaseAmps(value.largestStepA));
  if (value.reserveA >= askedA) return [];
  return [
    dubious(
      [...path, "reserveA"],
      `a reserve of ${formatAmps(value.reserveA)} is less than the ${formatAmps(askedA)} that a step by largestStepA asks for: until vehicles give way, the protective device carries more than 1.13 of its rating`,
      `raise reserveA to ${askedA}, or correct largestStepA`,
    ),
  ];
};

const deadCircuit = ({ path, value }: Entry<CircuitConfig>): readonly Finding[] =>
  Math.max(...phaseAmps(value.limitA)) > 0
    ? []
    : [wrong([...path, "limitA"], "the limit is 0 A on every phase", "write the rating of the protective device")];

const dedicatedWithLoad = ({ path, value }: Entry<CircuitConfig>): readonly Finding[] =>
  LOADS.filter((key) => value.dedicated && Math.max(...phaseAmps(value[key] ?? 0)) > 0).map((key) =>
    wrong(
      [...path, key],
      "the circuit is dedicated to stations and yet has another load",
      `remove ${key}, or remove dedicated: true`,
    ),
  );

const building = (draft: Draft, meter: string | undefined): "measured" | "ev-only" | "unmeasured" => {
  if (meter === undefined) return "unmeasured";
  const entry = draft.meters.find((m) => m.value.id === meter);
  return entry?.value.measures === "ev" ? "ev-only" : "measured";
};

const unknownLoad = (draft: Draft, { path, value, isWhole }: Entry<CircuitConfig>): readonly Finding[] => {
  const measured = building(draft, value.meter);
  if (!isWhole || value.dedicated || value.otherLoadA !== undefined) return [];
  if (measured !== "measured") {
    const why =
      measured === "ev-only" ? `the meter "${value.meter}" measures our stations alone` : "no meter measures it";
    return [
      wrong(
        path,
        `what else draws current on "${value.id}" is unknown: ${why}`,
        "write meter: <id> if one sits here, dedicated: true if only stations hang here, or otherLoadA: <most the rest can draw>",
      ),
    ];
  }
  if (worstLoad(value) !== null) return [];
  return [
    wrong(
      [...path, "worstLoadA"],
      "is missing: the building load to expect while nothing is measured",
      "add worstLoadA (largest building load per phase, from the load profile or the bill)",
    ),
  ];
};

const generatorAboveLimit = ({ path, value }: Entry<CircuitConfig>): readonly Finding[] => {
  const above =
    value.generatorLimitA === undefined ? [] : phasesAbove(phaseAmps(value.generatorLimitA), phaseAmps(value.limitA));
  return above.length === 0
    ? []
    : [
        dubious(
          [...path, "generatorLimitA"],
          `the limit on the generator is above limitA on ${above.join(", ")}`,
          "check the two figures; the lower one holds",
        ),
      ];
};

const oneCircuit = (draft: Draft, entry: Entry<CircuitConfig>): readonly Finding[] => [
  ...deadCircuit(entry),
  ...loadsAboveLimit(entry),
  ...reserveAboveLimit(entry),
  ...reserveBelowStep(draft, entry),
  ...generatorAboveLimit(entry),
  ...dedicatedWithLoad(entry),
  ...unknownLoad(draft, entry),
];

/** Whether the figures of each circuit fit each other, and whether its other loads are known. */
export const checkCircuits = (draft: Draft): readonly Finding[] =>
  draft.circuits.flatMap((entry) => oneCircuit(draft, entry));

/** The limit of a circuit by id, A per phase; unlimited where the circuit is not sound. */
export const limitOf = (draft: Draft, circuit: string): PhaseVector => {
  const entry = draft.circuits.find((c) => c.value.id === circuit);
  return entry === undefined ? allPhases(Infinity) : phaseAmps(entry.value.limitA);
};

/** The reserve of a circuit by id, A per phase. */
export const reserveOf = (draft: Draft, circuit: string): number =>
  draft.circuits.find((c) => c.value.id === circuit)?.value.reserveA ?? 0;
