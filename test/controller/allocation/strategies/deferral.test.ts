import { describe, expect, test } from "vitest";
import { cannotWait, type Job } from "#controller/allocation/strategies/deferral.ts";
import { instant } from "#controller/model/time.ts";

const HOUR = 3_600_000;
const NOW = instant(7 * HOUR);
const SOON_MS = HOUR / 4;

/** A vehicle that needs so many ampere-hours within so many hours. */
const job = (needAh: number, hours: number, part: Partial<Job> & { readonly on?: readonly number[] } = {}): Job => ({
  rows: Int32Array.from(part.on ?? [0]),
  maxA: part.maxA ?? 32,
  departsAt: instant(NOW + hours * HOUR),
  needAms: needAh * HOUR,
});

const neededA = (classes: readonly (readonly Job[])[], ...headroomA: readonly number[]): readonly number[] => {
  const needed = cannotWait(classes, Float64Array.from(headroomA), { now: NOW, soonMs: SOON_MS });
  return classes.flat().map((each) => Math.round((needed.get(each) ?? NaN) * 1000) / 1000);
};

describe("what cannot wait", () => {
  test("is nothing for who can charge it all later", () => {
    expect(neededA([[job(20, 2)]], 32)).toEqual([0]);
    expect(neededA([[job(32 * 1.75, 2)]], 32)).toEqual([0]);
  });

  test("is what would be missing at the maximum until departure", () => {
    expect(neededA([[job(32 * 1.75 + 4, 2)]], 32)).toEqual([16]);
    expect(neededA([[job(10 * 1.75 + 1, 2, { maxA: 10 })]], 32)).toEqual([4]);
  });

  test("is what the headroom does not bear later", () => {
    expect(neededA([[job(20, 2)]], 10)).toEqual([10]);
    expect(neededA([[job(20, 2, { on: [0, 1] })]], 32, 10)).toEqual([10]);
  });

  test("is all of the need of who leaves soon, or should have left", () => {
    expect(neededA([[job(3, 0.25)]], 32)).toEqual([12]);
    expect(neededA([[job(3, 0.1)]], 32)).toEqual([12]);
    expect(neededA([[job(3, -1)]], 32)).toEqual([12]);
    expect(neededA([[job(3, 0.1), job(32 * 1.75, 2)]], 64)).toEqual([12, 0]);
  });

  test("counts on the time before a departure alone, not after it", () => {
    const classes = [[job(10, 1), job(0, 9)]];
    expect(neededA(classes, 12)).toEqual([4, 0]);
  });

  test("knows hours of one digit from hours of two", () => {
    const pressed = (hours: number, row: number) => job(10 * (hours - 0.25) + 1, hours, { on: [row], maxA: 10 });
    expect(neededA([[pressed(10, 0), pressed(2, 1)]], 32, 32)).toEqual([4, 4]);
  });

  test("leaves the time before an early departure to who leaves early", () => {
    expect(neededA([[job(7.5, 1), job(10, 2)]], 10)).toEqual([0, 0]);
    expect(neededA([[job(7.5, 1), job(11, 2)]], 10)).toEqual([2, 2]);
  });

  test("is first charged later, of two with the same departure, for who would need more of its maximum before", () => {
    expect(neededA([[job(30, 1.25), job(10, 1.25)]], 32)).toEqual([16, 16]);
    const [most, least] = neededA([[job(40, 1.25), job(4, 1.25)]], 32);
    expect(most).toBeGreaterThan(least ?? 0);
  });

  test("is in proportion to the maximum where two are equally pressed", () => {
    expect(neededA([[job(32, 1.25, { maxA: 32 }), job(16, 1.25, { maxA: 16 })]], 24)).toEqual([64, 32]);
  });

  test("lets a higher class charge later before a lower one", () => {
    expect(neededA([[job(10, 1.25)], [job(10, 1.25)]], 10)).toEqual([0, 40]);
    expect(neededA([[job(5, 1.25)], [job(10, 1.25)]], 10)).toEqual([0, 20]);
    expect(neededA([[job(10, 1.25, { on: [0] })], [job(10, 1.25, { on: [1] })]], 10, 10)).toEqual([0, 0]);
  });

  test("asks for nothing that is not needed, and names every job", () => {
    expect(neededA([[job(0, 2), job(0, -1)], []], 32)).toEqual([0, 0]);
    expect(neededA([], 32)).toEqual([]);
  });

  test("leaves the headroom it is given as it is", () => {
    const headroomA = Float64Array.of(32);
    cannotWait([[job(20, 2)]], headroomA, { now: NOW, soonMs: SOON_MS });
    expect([...headroomA]).toEqual([32]);
  });

  test("is found for many departures by a plan of fewer steps that reaches the last", () => {
    const many = Array.from({ length: 80 }, (_, i) => job(0.25, 1 + i / 10));
    expect(neededA([many], 32).reduce((sum, each) => sum + each, 0)).toBe(0);
    const tight = Array.from({ length: 80 }, (_, i) => job(i === 79 ? 32 * (1 + 7.9 - 0.25) : 0, 1 + i / 10));
    expect(neededA([tight], 32).at(-1)).toBe(0);
  });
});
