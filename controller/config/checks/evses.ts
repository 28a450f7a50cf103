import { phaseIndex } from "../../model/phase.ts";
import type { StationFacts } from "../device-facts.ts";
import type { Draft } from "../draft.ts";
import { formatAmps } from "../phase-amps.ts";
import { type Finding, type Path, wrong } from "../problem.ts";
import type { EvseConfig, StationConfig } from "../schema.ts";
import { limitOf, reserveOf } from "./circuits.ts";

type Subject = {
  readonly path: Path;
  readonly evse: EvseConfig;
  readonly station: StationConfig;
  readonly facts: StationFacts | null;
  readonly draft: Draft;
};

const minimumAboveMaximum = ({ path, evse, facts }: Subject): readonly Finding[] => {
  const minA = evse.minA ?? facts?.minA ?? 0;
  if (minA <= evse.maxA) return [];
  const key = evse.minA === undefined ? "maxA" : "minA";
  return [
    wrong(
      [...path, key],
      `the minimum, ${formatAmps(minA)}, is above the maximum, ${formatAmps(evse.maxA)}`,
      "correct minA or maxA",
    ),
  ];
};

const outsideProfile = ({ path, evse, facts }: Subject): readonly Finding[] => {
  if (facts === null) return [];
  const findings: Finding[] = [];
  if (evse.minA !== undefined && evse.minA < facts.minA)
    findings.push(
      wrong(
        [...path, "minA"],
        `${formatAmps(evse.minA)} is below what ${facts.id} can do, ${formatAmps(facts.minA)}`,
        `write minA: ${facts.minA} or more, or leave it out`,
      ),
    );
  if (evse.maxA > facts.maxA)
    findings.push(
      wrong(
        [...path, "maxA"],
        `${formatAmps(evse.maxA)} is above what ${facts.id} can do, ${formatAmps(facts.maxA)}`,
        `write maxA: ${facts.maxA} or less`,
      ),
    );
  return findings;
};

const failsafe = ({ path, evse, facts }: Subject): readonly Finding[] => {
  const { failsafeA } = evse;
  const minA = evse.minA ?? facts?.minA ?? 0;
  const at = [...path, "failsafeA"];
  if (failsafeA === undefined) return [];
  if (facts?.hasFailsafe === false)
    return [
      wrong(
        at,
        `${facts.id} has no failsafe current that can be set and read back`,
        "remove failsafeA; the EVSE then counts at its rating when it is silent",
      ),
    ];
  if (failsafeA > evse.maxA)
    return [
      wrong(
        at,
        `the failsafe current, ${formatAmps(failsafeA)}, is above maxA, ${formatAmps(evse.maxA)}`,
        "write maxA or less",
      ),
    ];
  if (failsafeA > 0 && failsafeA < minA)
    return [
      wrong(
        at,
        `no vehicle can charge with ${formatAmps(failsafeA)}, less than the minimum of ${formatAmps(minA)}`,
        `write 0 (pause) or at least ${minA}`,
      ),
    ];
  return [];
};

const aboveCircuit = ({ path, evse, station, facts, draft }: Subject): readonly Finding[] => {
  const limit = limitOf(draft, station.circuit);
  const wired = evse.phases.map((phase) => limit[phaseIndex(phase)]).filter((a) => a > 0);
  const leastA = Math.min(...wired);
  if (evse.maxA > leastA)
    return [
      wrong(
        [...path, "maxA"],
        `the rating, ${formatAmps(evse.maxA)}, is above the limit of its circuit "${station.circuit}", ${formatAmps(leastA)}`,
        "set the station's own current switch to the circuit's limit and write that as maxA",
      ),
    ];
  const leftA = leastA - reserveOf(draft, station.circuit);
  const minA = evse.minA ?? facts?.minA ?? 0;
  if (minA > leftA && leftA > 0)
    return [
      wrong(
        [...path, "minA"],
        `it needs at least ${formatAmps(minA)}, but limit less reserve of "${station.circuit}" is ${formatAmps(leftA)}: it would never charge`,
        "lower reserveA, or use a larger circuit",
      ),
    ];
  return [];
};

const phases = ({ path, evse, station, draft }: Subject): readonly Finding[] => {
  const at = [...path, "phases"];
  const limit = limitOf(draft, station.circuit);
  const repeated = evse.phases.find((phase, i) => evse.phases.indexOf(phase) !== i);
  if (repeated !== undefined)
    return [
      wrong(
        at,
        `${repeated} is listed twice`,
        "list each phase that is wired once, in the order of the terminals; a single-phase EVSE lists one, such as [L2]",
      ),
    ];
  return evse.phases
    .filter((phase) => limit[phaseIndex(phase)] === 0)
    .map((phase) =>
      wrong(
        at,
        `${phase} is not on its circuit "${station.circuit}" (limit 0 A)`,
        "list only the phases that are wired, or correct limitA of the circuit",
      ),
    );
};

const number = ({ path, evse, facts }: Subject): readonly Finding[] =>
  facts === null || evse.id <= facts.maxEvses
    ? []
    : [
        wrong(
          [...path, "id"],
          facts.maxEvses === 1
            ? `${facts.id} has one EVSE, number 1`
            : `${facts.id} has EVSEs 1 to ${facts.maxEvses} only`,
          "number the EVSEs as the station does, or choose the right profile",
        ),
      ];

const RULES: readonly ((subject: Subject) => readonly Finding[])[] = [
  number,
  minimumAboveMaximum,
  outsideProfile,
  failsafe,
  aboveCircuit,
  phases,
];

const factsOf = (draft: Draft, station: StationConfig): StationFacts | null => {
  const facts = draft.facts.get(station.device.profile);
  return facts?.kind === "station" ? facts : null;
};

/** Whether the figures of each EVSE fit each other, its profile and its circuit. */
export const checkEvses = (draft: Draft): readonly Finding[] =>
  draft.stations.flatMap(({ path, value: station }) =>
    station.evses.flatMap((evse, i) => {
      const subject = { path: [...path, "evses", i], evse, station, facts: factsOf(draft, station), draft };
      return RULES.flatMap((rule) => rule(subject));
    }),
  );
