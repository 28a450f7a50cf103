/**
 * A packing programme: choose `x` with `0 <= x[j] <= upper[j]` and, on every row, the sum of the `x[j]` that load it not above
 * its room, so that the sum of `value[j] × x[j]` is largest. `rowsOf[j]` lists the rows that `x[j]` loads, once for each unit of load.
 */
export type Packing = {
  readonly value: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
  readonly rowsOf: readonly ArrayLike<number>[];
  /** Room of each row, not negative. */
  readonly room: ArrayLike<number>;
};

/** The best `x`, and what one more unit of room on each row would add to the value. */
export type Packed = { readonly x: Float64Array; readonly rowPrice: Float64Array };

const EPSILON = 1e-9;

/**
 * Solves a packing programme by the primal simplex method with bounded variables (Dantzig 1955): everything at zero is
 * feasible, each step stays feasible, so even an interrupted search gives a division that breaks nothing.
 */
export const solvePacking = (packing: Packing): Packed => {
  const tableau = layOut(packing);
  for (let left = 20 * (tableau.rowCount + tableau.columnCount); left > 0; left--) {
    const column = bestColumn(tableau);
    if (column < 0) break;
    step(tableau, column);
  }
  return readOff(tableau, packing);
};

/**
 * The dictionary of the simplex method. Variables below `columnCount` are the `x`, the others the slack of each row. A variable
 * marked as mirrored stands for its upper bound less itself, so that every variable outside the basis is at zero.
 */
type Tableau = {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Rows of the packing that are loaded by anything, in the tableau's order. */
  readonly usedRows: readonly number[];
  readonly cells: Float64Array;
  readonly rhs: Float64Array;
  readonly gain: Float64Array;
  readonly upper: Float64Array;
  readonly isMirrored: Uint8Array;
  /** The variable of each row and of each column. */
  readonly basic: Int32Array;
  readonly outside: Int32Array;
};

const layOut = ({ value, upper, rowsOf, room }: Packing): Tableau => {
  const columnCount = value.length;
  const usedRows = bindingRows(rowsOf, upper, room);
  const rowCount = usedRows.length;
  const place = new Map(usedRows.map((row, i) => [row, i]));
  const cells = new Float64Array(rowCount * columnCount);
  rowsOf.forEach((rows, j) => {
    for (let k = 0; k < rows.length; k++) {
      const i = place.get(rows[k] ?? -1);
      if (i !== undefined) cells[i * columnCount + j] = at(cells, i * columnCount + j) + 1;
    }
  });
  const bounds = new Float64Array(columnCount + rowCount).fill(Infinity);
  bounds.set(Float64Array.from(upper));
  return {
    rowCount,
    columnCount,
    usedRows,
    cells,
    rhs: Float64Array.from(usedRows, (row) => Math.max(0, room[row] ?? 0)),
    gain: Float64Array.from(value),
    upper: bounds,
    isMirrored: new Uint8Array(columnCount + rowCount),
    basic: Int32Array.from(usedRows, (_, i) => columnCount + i),
    outside: Int32Array.from({ length: columnCount }, (_, j) => j),
  };
};

/** Rows that could be filled; where even everything at its upper bound leaves room, a row binds nobody. */
const bindingRows = (rowsOf: Packing["rowsOf"], upper: ArrayLike<number>, room: ArrayLike<number>): number[] => {
  const load = new Float64Array(room.length);
  rowsOf.forEach((rows, j) => {
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] ?? 0;
      load[row] = (load[row] ?? 0) + (upper[j] ?? 0);
    }
  });
  return Array.from(load.keys()).filter((row) => (load[row] ?? 0) > Math.max(0, room[row] ?? 0) + EPSILON);
};

const bestColumn = ({ gain, upper, outside }: Tableau): number => {
  let best = -1;
  let most = EPSILON;
  for (let j = 0; j < gain.length; j++) {
    const each = gain[j] ?? 0;
    if (each > most && (upper[outside[j] ?? 0] ?? 0) > EPSILON) {
      most = each;
      best = j;
    }
  }
  return best;
};

/** Raises the variable of a column until itself or a basic variable meets a bound, and makes that one the variable at zero. */
const step = (tableau: Tableau, column: number): void => {
  const { row, isAtUpper } = firstBound(tableau, column);
  if (row < 0) return mirrorColumn(tableau, column);
  if (isAtUpper) mirrorRow(tableau, row);
  pivot(tableau, row, column);
};

/** The row whose variable meets a bound first as that of the column rises; -1: that of the column itself does. */
const firstBound = (tableau: Tableau, column: number): { readonly row: number; readonly isAtUpper: boolean } => {
  let reach = at(tableau.upper, tableau.outside[column]);
  let first = { row: -1, isAtUpper: false };
  for (let row = 0; row < tableau.rowCount; row++) {
    const slope = at(tableau.cells, row * tableau.columnCount + column);
    const limit = reachOf(tableau, row, slope);
    if (limit >= reach) continue;
    reach = limit;
    first = { row, isAtUpper: slope < 0 };
  }
  return first;
};

const reachOf = ({ rhs, upper, basic }: Tableau, row: number, slope: number): number => {
  if (Math.abs(slope) <= EPSILON) return Infinity;
  return slope > 0 ? at(rhs, row) / slope : (at(upper, basic[row]) - at(rhs, row)) / -slope;
};

const at = (values: Float64Array, index: number | undefined): number => values[index ?? 0] ?? 0;

/** Counts the variable of a column from its upper bound: it goes there. */
const mirrorColumn = ({ cells, rhs, gain, upper, isMirrored, outside, ...size }: Tableau, column: number): void => {
  const variable = outside[column] ?? 0;
  const bound = upper[variable] ?? 0;
  for (let i = 0; i < size.rowCount; i++) {
    const at = i * size.columnCount + column;
    rhs[i] = (rhs[i] ?? 0) - (cells[at] ?? 0) * bound;
    cells[at] = -(cells[at] ?? 0);
  }
  gain[column] = -(gain[column] ?? 0);
  isMirrored[variable] = 1 - (isMirrored[variable] ?? 0);
};

/** Counts the variable of a row from its upper bound. */
const mirrorRow = ({ cells, rhs, upper, isMirrored, basic, columnCount }: Tableau, row: number): void => {
  const variable = basic[row] ?? 0;
  for (let at = row * columnCount; at < (row + 1) * columnCount; at++) cells[at] = -(cells[at] ?? 0);
  rhs[row] = (upper[variable] ?? 0) - (rhs[row] ?? 0);
  isMirrored[variable] = 1 - (isMirrored[variable] ?? 0);
};

const pivot = (tableau: Tableau, row: number, column: number): void => {
  const { cells, rhs, gain, basic, outside, columnCount, rowCount } = tableau;
  const own = row * columnCount;
  const inverse = 1 / at(cells, own + column);
  cells[own + column] = 1;
  for (let j = 0; j < columnCount; j++) cells[own + j] = at(cells, own + j) * inverse;
  rhs[row] = at(rhs, row) * inverse;
  const filled = Array.from({ length: columnCount }, (_, j) => j).filter((j) => cells[own + j] !== 0);
  const clear = (values: Float64Array, start: number): number => {
    const factor = at(values, start + column);
    if (factor === 0) return 0;
    values[start + column] = 0;
    for (const j of filled) values[start + j] = at(values, start + j) - factor * at(cells, own + j);
    return factor;
  };
  for (let i = 0; i < rowCount; i++) {
    if (i !== row) rhs[i] = Math.max(0, at(rhs, i) - clear(cells, i * columnCount) * at(rhs, row));
  }
  clear(gain, 0);
  const entering = outside[column] ?? 0;
  outside[column] = basic[row] ?? 0;
  basic[row] = entering;
};

const readOff = ({ rhs, gain, upper, isMirrored, basic, outside, usedRows }: Tableau, packing: Packing): Packed => {
  const count = packing.value.length;
  const x = new Float64Array(count);
  const rowPrice = new Float64Array(packing.room.length);
  for (let variable = 0; variable < count; variable++)
    x[variable] = isMirrored[variable] === 1 ? (upper[variable] ?? 0) : 0;
  basic.forEach((variable, i) => {
    if (variable >= count) return;
    const value = rhs[i] ?? 0;
    x[variable] = isMirrored[variable] === 1 ? (upper[variable] ?? 0) - value : value;
  });
  outside.forEach((variable, j) => {
    const row = usedRows[variable - count];
    if (row !== undefined) rowPrice[row] = Math.max(0, -(gain[j] ?? 0));
  });
  return { x, rowPrice };
};
