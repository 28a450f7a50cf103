import { TOLERANCE_A } from "./tolerance.ts";
import type { Rows } from "../plan.ts";

/**
 * The first row that has less room than `currentA` takes on it; undefined: it fits. A row listed several times (a limit of
 * power, once per phase in use) is loaded so many times; its places are next to each other.
 */
export const lackingRow = (rows: Rows, currentA: number, roomA: Float64Array): number | undefined => {
  for (let i = 0; i < rows.length;) {
    const row = rows[i] ?? 0;
    const times = timesAt(rows, i);
    if ((roomA[row] ?? 0) < currentA * times - TOLERANCE_A) return row;
    i += times;
  }
  return undefined;
};

/** The most that fits on every one of these rows, A; see {@link lackingRow} for rows listed several times. */
export const roomOn = (rows: Rows, roomA: Float64Array): number => {
  let leastA = Infinity;
  for (let i = 0; i < rows.length;) {
    const times = timesAt(rows, i);
    leastA = Math.min(leastA, (roomA[rows[i] ?? 0] ?? 0) / times);
    i += times;
  }
  return leastA;
};

/** How often the row at a place is listed from there on. */
const timesAt = (rows: Rows, place: number): number => {
  let times = 1;
  while (place + times < rows.length && rows[place + times] === rows[place]) times += 1;
  return times;
};

/** Takes a current from the room of all rows it loads; a negative current gives it back. */
export const takeRoom = (rows: Rows, currentA: number, roomA: Float64Array): void => {
  for (const row of rows) roomA[row] = (roomA[row] ?? 0) - currentA;
};
