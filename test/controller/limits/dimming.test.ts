import { expect, test } from "vitest";
import { guaranteedPowerW, surplusW } from "#controller/limits/dimming.ts";

test.each([
  [0, 0],
  [1, 4200],
  [2, 4200 + 0.8 * 4200],
  [3, 4200 + 2 * 0.75 * 4200],
  [4, 4200 + 3 * 0.7 * 4200],
  [5, 4200 + 4 * 0.65 * 4200],
  [6, 4200 + 5 * 0.6 * 4200],
  [7, 4200 + 6 * 0.55 * 4200],
  [8, 4200 + 7 * 0.5 * 4200],
  [9, 4200 + 8 * 0.45 * 4200],
  [40, 4200 + 39 * 0.45 * 4200],
])("%i controllable devices keep %d W together", (devices, powerW) => {
  expect(guaranteedPowerW(devices)).toBe(Math.round(powerW));
});

test("what the building feeds back counts phase by phase, at the voltage of each", () => {
  expect(surplusW([-10, 5, -2], [230, 230, 240])).toBe(2300 + 480);
});
