import { expect, test } from "vitest";
import { reserveAsked } from "#controller/model/reserve-rule.ts";

test("the reserve rule asks for a step less what the protective device tolerates, on the worst phase, in whole amperes", () => {
  expect(reserveAsked([100, 100, 100], [28, 5, 0])).toBe(15);
  expect(reserveAsked([100, 50, 100], [20, 20, 0])).toBe(14);
  expect(reserveAsked([100, 100, 100], [28.1, 0, 0])).toBe(16);
});

test("a step that the protective device tolerates asks for none", () => {
  expect(reserveAsked([100, 100, 100], [13, 13, 13])).toBe(0);
});
