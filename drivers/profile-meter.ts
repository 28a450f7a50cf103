import { fault, type Fault } from "#controller/model/fault.ts";
import type { MeterDriver } from "#controller/model/ports.ts";
import type { MeterReading } from "#controller/model/reading.ts";
import { failed, ok, type Result } from "#controller/model/result.ts";
import { instant } from "#controller/model/time.ts";
import type { PointChannel, PointSample } from "./channels/point-channel.ts";
import type { MeterProfile } from "./profiles/schema.ts";
import { allKnown, numberAt, phasesAt, readSole, type SampledPhases } from "./sampled-values.ts";

/** A meter of the site, the profile of its family, and the channel to it. */
export type ProfileMeterOptions = {
  readonly meter: string;
  readonly profile: MeterProfile;
  readonly channel: PointChannel;
};

/** A meter driven by its profile alone. */
export const createProfileMeter = ({ meter, profile, channel }: ProfileMeterOptions): MeterDriver => {
  const { reading } = profile;
  const names = [
    ...reading.currentA,
    ...(reading.phasePowerW ?? []),
    ...(reading.voltageV ?? []),
    ...(reading.powerW === undefined ? [] : [reading.powerW]),
  ];
  const read = channel.reader([...new Set(names)], reading.currentA);
  let polling: Promise<Result<MeterReading, Fault>> | null = null;

  const sample = async (): Promise<Result<MeterReading, Fault>> => {
    const values = await readSole(read, meter);
    return values.ok ? toMeterReading(meter, profile, values.value) : values;
  };

  return {
    meter,
    poll: () => {
      polling ??= sample().finally(() => {
        polling = null;
      });
      return polling;
    },
    onSample: (listener) =>
      channel.onPush(() => {
        void sample().then((result) => (result.ok ? listener(result.value) : undefined));
      }),
    close: () => channel.close(),
  };
};

const MAX_PLAUSIBLE_A = 10_000;
const MAX_PLAUSIBLE_V = 1000;

/** A whole sample is worth nothing when one of its values cannot be. */
const toMeterReading = (meter: string, profile: MeterProfile, sample: PointSample): Result<MeterReading, Fault> => {
  const { reading } = profile;
  const currentA = signedCurrents(profile, sample);
  const voltages = reading.voltageV === undefined ? null : phasesAt(sample, reading.voltageV);
  if (currentA.every((amps) => amps === null)) return failed(fault("malformed", meter, "no current on any phase"));
  if (currentA.some((amps) => amps !== null && Math.abs(amps) > MAX_PLAUSIBLE_A)) {
    return failed(fault("implausible", meter, `currents of ${currentA.join(", ")} A`));
  }
  if (voltages?.some((volts) => volts !== null && (volts < 0 || volts > MAX_PLAUSIBLE_V)) === true) {
    return failed(fault("implausible", meter, `voltages of ${voltages.join(", ")} V`));
  }
  return ok({
    meter,
    sampledAt: instant(sample.sampledAt - (profile.latencyMs ?? 0)),
    currentA,
    voltageV: voltages === null ? null : allKnown(voltages),
    powerW: numberAt(sample, reading.powerW),
  });
};

/** Where the sign is that of a power which is missing, the current counts as import: the safe side. */
const signedCurrents = ({ reading }: MeterProfile, sample: PointSample): SampledPhases => {
  const currents = phasesAt(sample, reading.currentA);
  if (reading.currentSign === "signed" || reading.phasePowerW === undefined) return currents;
  const powers = phasesAt(sample, reading.phasePowerW);
  const signed = (i: 0 | 1 | 2): number | null => {
    const amps = currents[i];
    return amps === null ? null : Math.abs(amps) * ((powers[i] ?? 0) < 0 ? -1 : 1);
  };
  return [signed(0), signed(1), signed(2)];
};
