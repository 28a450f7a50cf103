import { expect, test } from "vitest";
import { lackingRow, takeRoom } from "#controller/allocation/division/room.ts";

const rows = (...all: readonly number[]): Int32Array => Int32Array.from(all);

test("a current fits where every row it loads has that much left", () => {
  expect(lackingRow(rows(1, 3), 6, Float64Array.of(0, 6, 0, 6))).toBeUndefined();
  expect(lackingRow(rows(1, 3), 6, Float64Array.of(0, 6, 0, 5))).toBe(3);
  expect(lackingRow(rows(1, 3), 6, Float64Array.of(0, 5, 0, 5))).toBe(1);
});

test("a row listed once for each phase has to bear the current as often", () => {
  const room = (powerA: number, afterA = 6) => Float64Array.of(6, powerA, afterA);
  expect(lackingRow(rows(0, 1, 1, 1), 6, room(18))).toBeUndefined();
  expect(lackingRow(rows(0, 1, 1, 1), 6, room(17))).toBe(1);
  expect(lackingRow(rows(1, 1, 2), 6, room(12, 6))).toBeUndefined();
  expect(lackingRow(rows(1, 1, 2), 6, room(12, 5))).toBe(2);
});

test("the rounding of sums of steps is no lack of room", () => {
  expect(lackingRow(rows(0), 0.3, Float64Array.of(0.1 + 0.1 + 0.1 - 1e-9))).toBeUndefined();
  expect(lackingRow(rows(0), 0.3, Float64Array.of(0.3 - 1e-5))).toBe(0);
});

test("what is taken from the rows can be given back", () => {
  const roomA = Float64Array.of(10, 20, 30);
  takeRoom(rows(0, 2, 2), 6, roomA);
  expect([...roomA]).toEqual([4, 20, 18]);
  takeRoom(rows(0, 2, 2), -6, roomA);
  expect([...roomA]).toEqual([10, 20, 30]);
});
