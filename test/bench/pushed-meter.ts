import { allPhases } from "#controller/model/phase.ts";
import type { MeterDriver } from "#controller/model/ports.ts";
import type { MeterReading } from "#controller/model/reading.ts";
import { ok } from "#controller/model/result.ts";
import type { Clock } from "#controller/model/time.ts";

/** A meter that shows the stations and a building load, and pushes a sample when that load changes. */
export type PushedMeter = {
  readonly driver: MeterDriver;
  /** Changes the building load, A per phase, and pushes a sample that shows it. */
  push(buildingA: number): void;
};

/** A meter of what the stations draw, A per phase, and a building that at first takes nothing. */
export const createPushedMeter = (meter: string, clock: Clock, stationsA: () => number): PushedMeter => {
  const listeners: ((reading: MeterReading) => void)[] = [];
  let loadA = 0;
  const sample = (): MeterReading => ({
    meter,
    sampledAt: clock.now(),
    currentA: allPhases(loadA + stationsA()),
    voltageV: null,
    powerW: null,
  });
  return {
    driver: {
      meter,
      poll: () => Promise.resolve(ok(sample())),
      onSample: (listener) => void listeners.push(listener),
      close: () => Promise.resolve(),
    },
    push: (buildingA) => {
      loadA = buildingA;
      const reading = sample();
      for (const listener of listeners) listener(reading);
    },
  };
};
