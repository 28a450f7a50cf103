import type { EvseReading, VehicleState } from "#controller/model/reading.ts";
import { instant } from "#controller/model/time.ts";
import type { PointValue } from "../decode.ts";
import type { PointSample } from "../channels/point-channel.ts";
import type { StationProfile } from "../profiles/schema.ts";
import { anyNumberAt, numberAt } from "../sampled-values.ts";

/** What the failsafe registers of an EVSE were last read to hold; null: not read, or it does not say. */
export type FailsafeReading = Pick<EvseReading, "failsafeA" | "failsafeTimeoutMs">;

/** The points that every poll reads. */
export const pollPoints = ({ reading }: StationProfile): readonly string[] => {
  const named = [reading.offeredA, reading.powerW, reading.energyWh, ...(reading.currentA ?? [])];
  const rules = reading.state.flatMap(({ when }) => Object.keys(when ?? {}));
  return [...new Set([...named.filter((name) => name !== undefined), ...rules])];
};

/** The points that hold the failsafe; they change only when written, so they are read less often. */
export const failsafePoints = ({ reading }: StationProfile): readonly string[] =>
  [reading.failsafeA, reading.failsafeTimeoutMs].filter((name) => name !== undefined);

/** A reading from the values of one poll, or the reason why they make none. */
export const toEvseReading = (
  evse: string,
  profile: StationProfile,
  sample: PointSample,
  failsafe: FailsafeReading,
): EvseReading | string => {
  const state = stateOf(profile, sample);
  if (state === null) return "no rule matches its state";
  const { reading, control } = profile;
  const [a, b, c] = (reading.currentA ?? []).map((name) => numberAt(sample, name));
  const terminalA = isNumber(a) && isNumber(b) && isNumber(c) ? ([a, b, c] as const) : null;
  if (terminalA?.some((amps) => Math.abs(amps) > MAX_PLAUSIBLE_A) === true)
    return `current of ${terminalA.join(", ")} A`;
  return {
    evse,
    sampledAt: instant(sample.sampledAt - (control.latencyMs ?? 0)),
    state,
    terminalA,
    offeredA: numberAt(sample, reading.offeredA),
    powerW: numberAt(sample, reading.powerW),
    energyWh: anyNumberAt(sample, reading.energyWh),
    ...failsafe,
  };
};

/** The failsafe of one EVSE from the values of its points. */
export const toFailsafe = ({ reading }: StationProfile, sample: PointSample): FailsafeReading => ({
  failsafeA: numberAt(sample, reading.failsafeA),
  failsafeTimeoutMs: numberAt(sample, reading.failsafeTimeoutMs),
});

/** No conductor of a charging site carries more. */
const MAX_PLAUSIBLE_A = 10_000;

const isNumber = (value: unknown): value is number => typeof value === "number";

const stateOf = ({ reading }: StationProfile, { values }: PointSample): VehicleState | null => {
  const rule = reading.state.find(({ when }) =>
    Object.entries(when ?? {}).every(([name, accepted]) => isAmong(values.get(name) ?? null, accepted)),
  );
  return rule?.is ?? null;
};

const isAmong = (value: PointValue, accepted: readonly (number | string | boolean)[]): boolean =>
  accepted.some((one) => value === (typeof one === "boolean" ? Number(one) : one));
