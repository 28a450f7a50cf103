import type { Fault } from "#controller/model/fault.ts";
import { ok, type Result } from "#controller/model/result.ts";
import type { PointChannel } from "../channels/point-channel.ts";
import type { Write } from "../profiles/schema.ts";

/** What the named values of a profile's writes stand for; null: not known, so such a write is left out. */
export type WriteValues = {
  readonly amps: number | null;
  readonly failsafeA: number | null;
  readonly failsafeMs: number | null;
};

/** Makes a profile's writes for one EVSE in order, up to the first that fails. */
export const makeWrites = async (
  channel: PointChannel,
  writes: readonly Write[],
  evse: number,
  values: WriteValues,
): Promise<Result<null, Fault>> => {
  for (const { point, value: named } of writes) {
    const value = resolveValue(named, values);
    const result = value === null ? ok(null) : await channel.write({ evse, point, value });
    if (!result.ok) return result;
  }
  return ok(null);
};

/** The same for every EVSE; a point of the whole station is written once. */
export const makeWritesForAll = async (
  channel: PointChannel,
  writes: readonly Write[],
  valuesOf: ReadonlyMap<number, WriteValues>,
): Promise<Result<null, Fault>> => {
  const [first] = valuesOf.keys();
  for (const [evse, values] of valuesOf) {
    const own = writes.filter(({ point }) => evse === first || !channel.isShared(point));
    const result = await makeWrites(channel, own, evse, values);
    if (!result.ok) return result;
  }
  return ok(null);
};

/** For writes that name no setpoint and no failsafe. */
export const NO_VALUES: WriteValues = { amps: null, failsafeA: null, failsafeMs: null };

const resolveValue = (value: Write["value"], values: WriteValues): Write["value"] | null => {
  if (value === "amps") return values.amps;
  if (value === "failsafe-amps") return values.failsafeA;
  return value === "failsafe-ms" ? values.failsafeMs : value;
};
