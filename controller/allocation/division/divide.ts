import type { Rows } from "../plan.ts";

/** What one EVSE may be given: between `minA` and `maxA`, in proportion to its weight, on every row it loads. */
export type Share = {
  readonly rows: Rows;
  readonly minA: number;
  readonly maxA: number;
  readonly weight: number;
  /** The level below which it has nothing above its minimum; 0 unless stated. */
  readonly fromLevel?: number;
};

/** The division of one class: current per share, A, and the row that bound it (-1: its own maximum did). */
export type Division = { readonly currentA: Float64Array; readonly boundBy: Int32Array };

const EPSILON_A = 1e-9;

/**
 * The weighted max-min fair division of the headroom on all rows: every share is `clamp((level − fromLevel) × weight, minA,
 * maxA)` with its own level raised until a row it loads is full, so no share can grow without one that has less having to shrink.
 * The minimums must fit. Exact progressive filling over breakpoints (Bertsekas and Gallager, Data Networks, 6.5.2).
 */
export const divide = (shares: readonly Share[], headroomA: Float64Array): Division => {
  const filling = beginFilling(shares, headroomA);
  while (filling.rising > 0 || filling.next < filling.breakpoints.length) advance(filling);
  return { currentA: filling.currentA, boundBy: filling.boundBy };
};

type Breakpoint = { readonly level: number; readonly share: number; readonly isStart: boolean };

type Filling = {
  readonly shares: readonly Share[];
  readonly roomA: Float64Array;
  readonly slope: Float64Array;
  readonly touched: readonly number[];
  readonly currentA: Float64Array;
  readonly boundBy: Int32Array;
  /** 0: still at its minimum, 1: rising with the level, 2: settled. */
  readonly phase: Uint8Array;
  readonly breakpoints: readonly Breakpoint[];
  next: number;
  rising: number;
  level: number;
};

const beginFilling = (shares: readonly Share[], headroomA: Float64Array): Filling => {
  const roomA = Float64Array.from(headroomA);
  const touched = new Set<number>();
  const currentA = Float64Array.from(shares, (share) => share.minA);
  for (const share of shares) {
    for (const row of share.rows) {
      touched.add(row);
      roomA[row] = (roomA[row] ?? 0) - share.minA;
    }
  }
  const breakpoints = breakpointsOf(shares);
  return {
    shares,
    roomA,
    slope: new Float64Array(headroomA.length),
    touched: [...touched],
    currentA,
    boundBy: new Int32Array(shares.length).fill(-1),
    phase: new Uint8Array(shares.length),
    breakpoints,
    next: 0,
    rising: 0,
    level: breakpoints[0]?.level ?? 0,
  };
};

const levelOf = ({ weight, fromLevel = 0 }: Share, currentA: number): number => fromLevel + currentA / weight;

const breakpointsOf = (shares: readonly Share[]): readonly Breakpoint[] =>
  shares
    .flatMap((share, index) => [
      { level: levelOf(share, share.minA), share: index, isStart: true },
      { level: levelOf(share, share.maxA), share: index, isStart: false },
    ])
    .toSorted((a, b) => a.level - b.level || Number(b.isStart) - Number(a.isStart));

const advance = (filling: Filling): void => {
  const breakpointLevel = filling.breakpoints[filling.next]?.level ?? Infinity;
  const full = nextFullRow(filling);
  raiseTo(filling, Math.min(breakpointLevel, full.level));
  if (full.level <= breakpointLevel) settleFullRows(filling, full.row);
  else passBreakpoint(filling);
};

const nextFullRow = (filling: Filling): { readonly row: number; readonly level: number } => {
  let next = { row: -1, level: Infinity };
  if (filling.rising === 0) return next;
  for (const row of filling.touched) {
    const slope = filling.slope[row] ?? 0;
    if (slope <= EPSILON_A) continue;
    const level = filling.level + Math.max(0, filling.roomA[row] ?? 0) / slope;
    if (level < next.level) next = { row, level };
  }
  return next;
};

const raiseTo = (filling: Filling, level: number): void => {
  const rise = level - filling.level;
  filling.level = level;
  if (rise <= 0) return;
  for (const row of filling.touched) {
    const slope = filling.slope[row] ?? 0;
    if (slope !== 0) filling.roomA[row] = (filling.roomA[row] ?? 0) - rise * slope;
  }
};

/** Whatever rounding left of it, the row that was reached is full and nothing rises on it any more: every call makes progress. */
const settleFullRows = (filling: Filling, reached: number): void => {
  filling.roomA[reached] = 0;
  const full = new Set(
    filling.touched.filter((row) => (filling.slope[row] ?? 0) > EPSILON_A && (filling.roomA[row] ?? 0) <= EPSILON_A),
  );
  filling.shares.forEach((share, index) => {
    if (filling.phase[index] !== 1) return;
    const row = share.rows.find((candidate) => full.has(candidate));
    if (row !== undefined) settle(filling, index, row);
  });
  filling.slope[reached] = 0;
};

const passBreakpoint = (filling: Filling): void => {
  const breakpoint = filling.breakpoints[filling.next];
  filling.next += 1;
  if (breakpoint === undefined) return;
  if (!breakpoint.isStart) {
    if (filling.phase[breakpoint.share] === 1) settle(filling, breakpoint.share, -1);
  } else start(filling, breakpoint.share);
};

const start = (filling: Filling, index: number): void => {
  const share = filling.shares[index];
  if (share === undefined) return;
  const full = share.rows.find((row) => (filling.roomA[row] ?? 0) <= EPSILON_A);
  if (full !== undefined || share.maxA <= share.minA) {
    filling.phase[index] = 2;
    filling.boundBy[index] = share.maxA <= share.minA ? -1 : (full ?? -1);
    return;
  }
  filling.phase[index] = 1;
  filling.rising += 1;
  for (const row of share.rows) filling.slope[row] = (filling.slope[row] ?? 0) + share.weight;
};

const settle = (filling: Filling, index: number, row: number): void => {
  const share = filling.shares[index];
  if (share === undefined) return;
  filling.phase[index] = 2;
  filling.rising -= 1;
  filling.boundBy[index] = row;
  filling.currentA[index] = Math.min(
    share.maxA,
    Math.max(share.minA, (filling.level - (share.fromLevel ?? 0)) * share.weight),
  );
  for (const each of share.rows) filling.slope[each] = (filling.slope[each] ?? 0) - share.weight;
};
