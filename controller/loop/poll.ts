import type { MeterReading } from "../model/reading.ts";
import type { InverterDriver, MeterDriver, StationDriver } from "../model/ports.ts";
import type { Clock } from "../model/time.ts";
import type { ProcessImage } from "./process-image.ts";

/** All devices of a site, polled in parallel; each at most once at a time. */
export type Poller = {
  /**
   * Polls every device that is not still being polled or left in peace. Resolves when all that answered last time have answered, or the
   * deadline has; late answers land in the image all the same. Nobody waits for an inverter: it decides nothing.
   */
  pollAll(deadline: Promise<void>): Promise<void>;
};

/** What a poller needs. */
export type PollerPorts = {
  readonly stations: readonly StationDriver[];
  readonly meters: readonly MeterDriver[];
  readonly inverters: readonly InverterDriver[];
  readonly image: ProcessImage;
  readonly clock: Clock;
  /** Called for each sample of a meter as it arrives. */
  readonly onMeterSample: (reading: MeterReading) => void;
};

/** A poller over the given devices. */
export const createPoller = ({ stations, meters, inverters, image, clock, onMeterSample }: PollerPorts): Poller => {
  const polls = [
    ...meters.map((meter) => singly(async () => pollMeter(meter))),
    ...stations.map((station) => singly(async () => pollStation(station))),
  ];
  const unhurried = inverters.map((inverter) => singly(async () => pollInverter(inverter)));
  const pollMeter = async (meter: MeterDriver): Promise<boolean> => {
    const result = await meter.poll();
    image.noteMeter(meter.meter, result);
    if (result.ok) onMeterSample(result.value);
    return result.ok;
  };
  const pollStation = async (station: StationDriver): Promise<boolean> => {
    const id = station.station;
    if (!image.mayPoll(id, clock.now())) return false;
    image.beginPoll(id, clock.now());
    const result = await station.poll();
    image.noteStation(id, clock.now(), result, station.isFailsafeProven());
    return result.ok;
  };
  const pollInverter = async (inverter: InverterDriver): Promise<boolean> => {
    const result = await inverter.poll();
    image.noteInverter(inverter.inverter, result);
    return result.ok;
  };
  for (const meter of meters) {
    meter.onSample((reading) => {
      image.noteMeter(reading.meter, { ok: true, value: reading });
      onMeterSample(reading);
    });
  }
  return {
    async pollAll(deadline) {
      const pending = polls.map((poll) => poll()).filter((started) => started.isExpected);
      for (const poll of unhurried) poll();
      await Promise.race([Promise.all(pending.map(({ done }) => done)), deadline]);
    },
  };
};

type Started = { readonly done: Promise<void>; readonly isExpected: boolean };

/** Runs one poll at a time; a device is expected to answer in time when its last poll did. */
const singly = (poll: () => Promise<boolean>): (() => Started) => {
  let running: Promise<void> | null = null;
  let isExpected = true;
  return () => {
    running ??= poll()
      .then((answered) => {
        isExpected = answered;
      })
      .finally(() => {
        running = null;
      });
    return { done: running, isExpected };
  };
};
