import type { VehicleState } from "#controller/model/reading.ts";
import type { StationProfile } from "../../profiles/schema.ts";

type StateRule = StationProfile["reading"]["state"][number];
type RawValue = number | string | boolean;

/** Raw values of the points that a profile's state rules look at. */
export type StateValues = ReadonlyMap<string, RawValue>;

const MAX_COMBINATIONS = 100_000;

const unlisted = (listed: readonly RawValue[]): RawValue => {
  if (listed.some((value) => typeof value === "string")) return "";
  let candidate = 0;
  while (listed.includes(candidate)) candidate++;
  return candidate;
};

const domains = (rules: readonly StateRule[]): ReadonlyMap<string, readonly RawValue[]> => {
  const listed = new Map<string, RawValue[]>();
  for (const rule of rules) {
    for (const [point, values] of Object.entries(rule.when ?? {}))
      listed.set(point, [...(listed.get(point) ?? []), ...values]);
  }
  return new Map([...listed].map(([point, values]) => [point, [...new Set([...values, unlisted(values)])]]));
};

const stateOf = (rules: readonly StateRule[], values: StateValues): VehicleState | null => {
  const matching = rules.find((rule) =>
    Object.entries(rule.when ?? {}).every(([point, wanted]) => {
      const value = values.get(point);
      return value !== undefined && wanted.includes(value);
    }),
  );
  return matching?.is ?? null;
};

function* combinations(points: readonly (readonly [string, readonly RawValue[]])[]): Generator<StateValues> {
  const total = points.reduce((product, [, values]) => product * values.length, 1);
  for (let number = 0; number < Math.min(total, MAX_COMBINATIONS); number++) {
    let rest = number;
    yield new Map(
      points.map(([point, values]) => {
        const value = values[rest % values.length] ?? 0;
        rest = Math.floor(rest / values.length);
        return [point, value];
      }),
    );
  }
}

/** For every state that a profile can express, raw values that its rules map to it. */
export const stateTable = (profile: StationProfile): ReadonlyMap<VehicleState, StateValues> => {
  const rules = profile.reading.state;
  const table = new Map<VehicleState, StateValues>();
  for (const values of combinations([...domains(rules)])) {
    const state = stateOf(rules, values);
    if (state !== null && !table.has(state)) table.set(state, values);
  }
  return table;
};
