import { expect, it } from "vitest";
import { faultChanges } from "#controller/loop/fault-changes.ts";
import { fault } from "#controller/model/fault.ts";

it("a fault begins once and ends once, however its detail changes", () => {
  const first = fault("unreachable", "bay-01", "no connection within 500 ms");
  const second = fault("unreachable", "bay-01", "nothing listens on that port there");
  const other = fault("timeout", "bay-01", "no answer within 500 ms");
  expect(faultChanges([], [first])).toEqual({ began: [first], ended: [] });
  expect(faultChanges([first], [second])).toEqual({ began: [], ended: [] });
  expect(faultChanges([second], [other])).toEqual({ began: [other], ended: [second] });
});
