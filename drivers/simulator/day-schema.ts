import Type from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { referenceProblems } from "./day-references.ts";
import type { Day } from "./world/day-file.ts";

const Phase = Type.Enum(["L1", "L2", "L3"]);
const perPhase = <T extends Type.TSchema>(value: T) =>
  Type.Object({ L1: value, L2: value, L3: value }, { additionalProperties: false });
const Amps = Type.Number({ minimum: -100_000, maximum: 100_000 });
const Period = Type.Integer({ minimum: -10_000, maximum: 1_000_000 });

const Circuit = Type.Object({
  id: Type.String(),
  parent: Type.Union([Type.String(), Type.Null()]),
  limitA: perPhase(Type.Number({ minimum: 1, maximum: 10_000 })),
});

const Station = Type.Object({
  id: Type.String(),
  circuit: Type.String(),
  phases: Type.Array(Phase, { minItems: 1, maxItems: 3, uniqueItems: true }),
  minA: Type.Number({ minimum: 0, maximum: 10_000 }),
  maxA: Type.Number({ minimum: 0, maximum: 10_000 }),
  stepA: Type.Number({ minimum: 0.001, maximum: 1000 }),
});

const Session = Type.Object({
  id: Type.String(),
  station: Type.String(),
  arrivalPeriod: Period,
  departurePeriod: Period,
  estimatedDeparturePeriod: Period,
  claimed: Type.Boolean(),
  requestedWh: Type.Number({ minimum: 0, maximum: 1e9 }),
  phases: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)]),
  maxA: Type.Number({ minimum: 0, maximum: 10_000 }),
  wattsPerAmp: Type.Number({ minimum: 1, maximum: 10_000 }),
  priority: Type.Number(),
  seq: Type.Number(),
});

const Loads = perPhase(Type.Array(Amps));

const head = {
  format: Type.Literal("alloc-day/1"),
  id: Type.String(),
  periodS: Type.Integer({ minimum: 1, maximum: 86_400 }),
  periods: Type.Integer({ minimum: 1, maximum: 100_000 }),
  nominalVoltageV: Type.Number({ minimum: 100, maximum: 480 }),
};

/** Without what is inside of its lists: the library stops after a few problems, so each part is checked by itself. */
const dayFrame = Compile(
  Type.Object({
    ...head,
    site: Type.Object({ circuits: Type.Array(Type.Unknown(), { minItems: 1 }), stations: Type.Array(Type.Unknown()) }),
    baseLoadA: Type.Record(Type.String(), Type.Unknown()),
    sessions: Type.Array(Type.Unknown()),
  }),
);

/** A day file, `alloc-day/1`; what it says beyond this (sources, reference results) is left aside. */
const dayFile = Compile(
  Type.Object({
    ...head,
    site: Type.Object({ circuits: Type.Array(Circuit, { minItems: 1 }), stations: Type.Array(Station) }),
    baseLoadA: Type.Record(Type.String(), Loads),
    sessions: Type.Array(Session),
  }),
);

const PARTS: readonly { readonly at: readonly string[]; readonly validator: Validator }[] = [
  { at: ["site", "circuits"], validator: Compile(Circuit) },
  { at: ["site", "stations"], validator: Compile(Station) },
  { at: ["baseLoadA"], validator: Compile(Loads) },
  { at: ["sessions"], validator: Compile(Session) },
];

/** A parsed day file, or every problem with its path. */
export type DayCheck = { readonly day: Day } | { readonly problems: readonly string[] };

/** `/sessions/3/maxA` as `sessions[3].maxA`. */
const pathOf = (parts: readonly string[]): string =>
  parts
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");

const problemsAt = (validator: Validator, value: unknown, at: readonly string[]): readonly string[] =>
  validator.Errors(value).map(({ instancePath, message }) => {
    const path = pathOf([...at, ...instancePath.split("/").slice(1)]);
    return `${path === "" ? "the file" : path}: ${message}`;
  });

const inside = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, key) => (typeof found === "object" && found !== null ? Reflect.get(found, key) : null),
    value,
  );

const partProblems = (value: unknown): readonly string[] =>
  PARTS.flatMap(({ at, validator }) => {
    const part = inside(value, at);
    const entries = typeof part === "object" && part !== null ? Object.entries(part) : [];
    return entries.flatMap(([key, entry]) => problemsAt(validator, entry, [...at, key]));
  });

/** Checks a value read from a day file: its shape first, then whether its parts fit each other. */
export const checkDay = (value: unknown): DayCheck => {
  if (!dayFile.Check(value)) return { problems: [...problemsAt(dayFrame, value, []), ...partProblems(value)] };
  const problems = referenceProblems(value);
  return problems.length === 0 ? { day: value } : { problems };
};
