import { describe, expect, it } from "vitest";
import { createFuse, createFuses, flow, reportFuses } from "#drivers/simulator/world/fuse.ts";
import { createRandom } from "#drivers/simulator/world/random.ts";

const reportOf = (flows: readonly (readonly [currentA: number, steps: number])[], limitA = 100) => {
  const fuses = createFuses([limitA, limitA, limitA]);
  for (const [currentA, steps] of flows) for (const fuse of fuses) flow(fuse, currentA, 0, steps);
  return reportFuses("grid", fuses)[0];
};

/** The definition, step by step. */
const bruteWorst = (currents: readonly number[], limitA: number): number => {
  let worst = 0;
  for (let end = 1; end <= currents.length; end++) {
    const window = currents.slice(Math.max(0, end - 600), end);
    worst = Math.max(
      worst,
      window.reduce((sum, currentA) => sum + (currentA / limitA) ** 2 * 0.1, 0),
    );
  }
  return worst;
};

describe("the reference fuse", () => {
  it("counts the rated current for a minute as 60 s and sees no excursion", () => {
    expect(reportOf([[100, 1000]])).toMatchObject({ peakA: 100, hasExcursion: false, aboveS: 0 });
    expect(reportOf([[100, 1000]])?.worstMinuteS).toBeCloseTo(60, 6);
  });

  it("adds up the time above the limit and keeps the longest stretch", () => {
    const report = reportOf([
      [110, 20],
      [90, 5],
      [130, 10],
      [120, 30],
      [50, 100],
    ]);
    expect(report).toMatchObject({ peakA: 130, aboveS: 6, longestAboveS: 4, hasExcursion: true });
  });

  it("finds the worst minute wherever it lies", () => {
    const report = reportOf([
      [50, 900],
      [200, 300],
      [0, 900],
    ]);
    expect(report?.worstMinuteS).toBeCloseTo(30 * 0.25 + 30 * 4, 6);
  });

  it("agrees with a plain sum over every window, whatever the runs", () => {
    const random = createRandom(7);
    const runs = Array.from({ length: 60 }, () => [random() * 200, 1 + Math.floor(random() * 90)] as const);
    const fuse = createFuse(80);
    for (const [currentA, steps] of runs) flow(fuse, currentA, 0, steps);
    const currents = runs.flatMap(([currentA, steps]) => Array.from({ length: steps }, () => currentA));
    expect(fuse.worstWindowSum * 0.1).toBeCloseTo(bruteWorst(currents, 80), 6);
  });

  it("takes one long run for the same as many single steps", () => {
    const leap = reportOf([
      [120, 700],
      [40, 700],
    ]);
    const steps = reportOf([
      ...Array.from({ length: 700 }, () => [120, 1] as const),
      ...Array.from({ length: 700 }, () => [40, 1] as const),
    ]);
    expect(steps?.worstMinuteS).toBeCloseTo(leap?.worstMinuteS ?? 0, 6);
    expect(steps).toMatchObject({ peakA: 120, aboveS: 70, longestAboveS: 70 });
  });

  it("blames vehicles only for what they draw beyond what the building leaves", () => {
    const fuses = createFuses([100, 100, 100]);
    for (const fuse of fuses) {
      flow(fuse, 130, 0, 300);
      flow(fuse, 130, 6, 50);
      flow(fuse, 60, 40, 100);
      flow(fuse, 60, 41, 120);
      flow(fuse, -20, 120, 100);
    }
    expect(reportFuses("grid", fuses)[0]).toMatchObject({
      aboveS: 47,
      longestAboveS: 35,
      evAboveS: 17,
      evLongestAboveS: 12,
      evLateS: 2,
    });
  });

  it("heats under an export as under an import", () => {
    expect(reportOf([[-120, 10]])).toMatchObject({ peakA: 120, hasExcursion: true });
  });
});
