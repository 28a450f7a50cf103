import { describe, expect, it } from "vitest";
import { NO_LOADS, type LoadSample, type StepMemory } from "#controller/allocation/memory.ts";
import { largestStep, rememberSteps } from "#controller/allocation/observation/load-steps.ts";
import { allPhases, ZERO } from "#controller/model/phase.ts";
import { instant } from "#controller/model/time.ts";

const WINDOW_MS = 8000;
const HOUR_S = 3600;

const sampleAt = (atS: number, loadA: number, netted = ["s0/1", "s1/1"]): LoadSample => ({
  at: instant(atS * 1000),
  loadA: allPhases(loadA),
  netted,
});

const learn = (samples: readonly (LoadSample | null)[], from: StepMemory = NO_LOADS.steps): StepMemory =>
  samples.reduce((memory, sample) => rememberSteps(memory, sample, WINDOW_MS), from);

/** One sample a second. */
const loads = (currentsA: readonly number[], fromS = 0): readonly LoadSample[] =>
  currentsA.map((currentA, i) => sampleAt(fromS + i, currentA));

const stepOf = (samples: readonly (LoadSample | null)[]): number | undefined => largestStep(learn(samples), ZERO)?.[0];

describe("the largest step of a building load", () => {
  it("is a rise that lasts", () => {
    expect(stepOf(loads([10, 10, 12, 30, 30, 30, 30]))).toBe(20);
  });

  it("is not one that passes within the time that meter and station may be apart", () => {
    expect(stepOf(loads([10, 10, 30, 30, 10, 10, 10]))).toBe(0);
  });

  it("is not a fall, nor a rise slower than vehicles give way", () => {
    expect(stepOf(loads([40, 40, 40, 10, 10, 10, 10]))).toBe(0);
    expect(stepOf(loads(Array.from({ length: 60 }, (_, i) => i)))).toBeLessThanOrEqual(11);
  });

  it("counts a rise in parts that come within that time", () => {
    expect(stepOf(loads([10, 15, 20, 25, 25, 25, 25]))).toBe(15);
  });

  it("does not take the return of a lost meter for a step", () => {
    expect(stepOf([...loads([10, 10, 10, 10]), null, ...loads([50, 50, 50, 50], 6)])).toBe(0);
  });

  it("does not take a station that falls silent, or comes back, for a step", () => {
    for (const netted of [["s0/1"], ["s0/1", "s2/1"]]) {
      const after = [4, 5, 6, 7].map((atS) => sampleAt(atS, 26, netted));
      expect(stepOf([...loads([10, 10, 10, 10]), ...after])).toBe(0);
    }
  });

  it("is seen by a slow meter from one sample to the next", () => {
    const slow = (currentsA: readonly number[]) => currentsA.map((loadA, i) => sampleAt(3 * i, loadA));
    expect(stepOf(slow([10, 10, 30, 30]))).toBe(20);
    expect(stepOf(slow([10, 10, 30, 10, 10]))).toBe(0);
  });

  it("is not known before two samples can be compared", () => {
    expect(stepOf([sampleAt(0, 10)])).toBeUndefined();
    expect(stepOf([null])).toBeUndefined();
  });

  it("is at least the one that was stated", () => {
    expect(largestStep(NO_LOADS.steps, [0, 8, 0])).toEqual([0, 8, 0]);
    expect(largestStep(learn(loads([10, 10, 12, 30, 30, 30, 30])), [0, 28, 0])).toEqual([20, 28, 20]);
  });

  it("is remembered for a day", () => {
    const morning = learn(loads([10, 10, 10, 30, 30, 30, 30]));
    const quiet = (fromH: number, toH: number, from: StepMemory) =>
      learn(
        Array.from({ length: (toH - fromH) * 60 }, (_, i) => sampleAt(fromH * HOUR_S + 60 * i, 30)),
        from,
      );
    const evening = quiet(1, 23, morning);
    expect(largestStep(evening, ZERO)).toEqual(allPhases(20));
    expect(largestStep(quiet(23, 26, evening), ZERO)).toEqual(allPhases(0));
  });
});
