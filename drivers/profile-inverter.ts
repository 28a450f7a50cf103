import { fault, type Fault } from "#controller/model/fault.ts";
import type { InverterDriver } from "#controller/model/ports.ts";
import type { InverterReading } from "#controller/model/reading.ts";
import { failed, ok, type Result } from "#controller/model/result.ts";
import { instant } from "#controller/model/time.ts";
import type { PointChannel, PointSample } from "./channels/point-channel.ts";
import type { InverterProfile } from "./profiles/schema.ts";
import { allKnown, numberAt, phasesAt, readSole } from "./sampled-values.ts";

/** An inverter of the site, the profile of its family, and the channel to it. */
export type ProfileInverterOptions = {
  readonly inverter: string;
  readonly profile: InverterProfile;
  readonly channel: PointChannel;
};

/** An inverter driven by its profile alone. */
export const createProfileInverter = ({ inverter, profile, channel }: ProfileInverterOptions): InverterDriver => {
  const { pvPowerW, currentA = [], ...parts } = profile.reading;
  const read = channel.reader([...new Set([...pvPowerW, ...currentA, ...Object.values(parts)])]);
  return {
    inverter,
    poll: async () => {
      const sample = await readSole(read, inverter);
      return sample.ok ? toInverterReading(inverter, profile, sample.value) : sample;
    },
    close: () => channel.close(),
  };
};

const MAX_PLAUSIBLE_W = 10_000_000;

/** A whole sample is worth nothing when one of its values cannot be. */
const toInverterReading = (
  inverter: string,
  { reading, latencyMs = 0 }: InverterProfile,
  sample: PointSample,
): Result<InverterReading, Fault> => {
  const pvPowerW = sumAt(sample, reading.pvPowerW);
  const batteryPowerW = batteryPower(reading, sample);
  const batterySocPct = numberAt(sample, reading.batterySocPct);
  if (pvPowerW === null && batteryPowerW === null) return failed(fault("malformed", inverter, "it says no power"));
  if ([pvPowerW, batteryPowerW].some((powerW) => Math.abs(powerW ?? 0) > MAX_PLAUSIBLE_W))
    return failed(fault("implausible", inverter, `powers of ${pvPowerW} W and ${batteryPowerW} W`));
  if (batterySocPct !== null && (batterySocPct < 0 || batterySocPct > 100))
    return failed(fault("implausible", inverter, `a state of charge of ${batterySocPct} %`));
  return ok({
    inverter,
    sampledAt: instant(sample.sampledAt - latencyMs),
    // An inverter draws a little at night.
    pvPowerW: pvPowerW === null ? null : Math.max(0, pvPowerW),
    batteryPowerW,
    batterySocPct,
    currentA: reading.currentA === undefined ? null : allKnown(phasesAt(sample, reading.currentA)),
  });
};

/** Null when a part is missing: half a sum misleads. */
const sumAt = (sample: PointSample, names: readonly string[]): number | null =>
  names.reduce<number | null>((sum, name) => {
    const value = numberAt(sample, name);
    return sum === null || value === null ? null : sum + value;
  }, 0);

const batteryPower = (
  { batteryPowerW, batteryDischargePowerW }: InverterProfile["reading"],
  sample: PointSample,
): number | null => {
  const chargeW = numberAt(sample, batteryPowerW);
  if (batteryDischargePowerW === undefined) return chargeW;
  const dischargeW = numberAt(sample, batteryDischargePowerW);
  return chargeW === null || dischargeW === null ? null : chargeW - dischargeW;
};
