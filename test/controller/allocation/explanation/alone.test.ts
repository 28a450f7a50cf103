import { expect, test } from "vitest";
import { aloneA } from "#controller/allocation/explanation/alone.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { evse, SITE } from "#test/controller/support/one-station.ts";

/** What a station on a circuit with so much headroom per phase and in total would get, using the phases of the mask. */
const alone = (
  headroomA: readonly number[],
  phaseMask: number,
  limits: Partial<typeof evse> = {},
): number | undefined => {
  const [planned] = planSite({ ...SITE, evses: [{ ...evse, ...limits }] }).evses;
  return planned === undefined ? undefined : aloneA({ planned, phaseMask }, Float64Array.from(headroomA));
};

test("alone an EVSE gets what its tightest phase has, on its step", () => {
  expect(alone([30, 20.7, 40, Infinity], 7)).toBe(20);
  expect(alone([30, 20.7, 40, Infinity], 7, { stepA: 0.5 })).toBe(20.5);
});

test("alone it gets no more than its maximum, and nothing below its minimum", () => {
  expect(alone([90, 90, 90, Infinity], 7)).toBe(32);
  expect(alone([90, 5.9, 90, Infinity], 7)).toBe(0);
  expect(alone([-4, -4, -4, Infinity], 7)).toBe(0);
});

test("a phase that its vehicle does not use holds nothing back", () => {
  expect(alone([30, 5.9, 40, Infinity], 1)).toBe(30);
});

test("a limit on power is shared by the phases in use", () => {
  expect(alone([90, 90, 90, 45], 7)).toBe(15);
  expect(alone([90, 90, 90, 45], 1)).toBe(32);
});
