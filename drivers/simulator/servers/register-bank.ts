import { encodePoint, registerCount } from "../../decode.ts";
import type { PlacedPoint } from "../../plan-reads.ts";
import type { ModbusPoint, MqttPoint } from "../../profiles/schema.ts";

/** The four tables of Modbus. */
export type Table = ModbusPoint["table"];

/** Modbus exception codes that a device answers with. */
export const EXCEPTION = { illegalFunction: 1, illegalAddress: 2, illegalValue: 3 } as const;

/** Registers (or bits), or the code of an exception. */
export type ReadAnswer = { readonly registers: readonly number[] } | { readonly exception: number };

/** One device's registers as requests see them. */
export type RegisterBank = {
  readonly unitIds: ReadonlySet<number>;
  read(unitId: number, table: Table, address: number, count: number): ReadAnswer;
  /** Returns the code of an exception, or null once it is carried out. */
  write(unitId: number, functionCode: number, address: number, values: readonly number[]): number | null;
};

/** The cells of a device: only those of known points, and gaps the device lets one read across, exist. */
export type Cells = Map<string, number>;

const cellKey = (unitId: number, table: Table, address: number): string => `${unitId} ${table} ${address}`;

/** Whether a point is a Modbus one. */
export const isModbusPoint = (point: ModbusPoint | MqttPoint): point is ModbusPoint => "table" in point;

const masksOf = ({ point }: PlacedPoint, words: number): readonly number[] => {
  const mask = point.mask ?? 0;
  const mswFirst = words === 2 ? [mask >>> 16, mask & 0xffff] : [mask & 0xffff];
  return point.words === "lsw-first" ? mswFirst.toReversed() : mswFirst;
};

/** Puts a value into the cells of a point; bits outside its mask stay as they are. */
export const storePoint = (cells: Cells, placed: PlacedPoint, value: number | string | boolean): void => {
  const words = encodePoint(placed.point, value);
  const masks = placed.point.mask === undefined ? [] : masksOf(placed, words.length);
  for (const [index, word] of words.entries()) {
    const key = cellKey(placed.unitId, placed.point.table, placed.address + index);
    const mask = masks[index] ?? 0xffff;
    cells.set(key, ((cells.get(key) ?? 0) & ~mask) | (word & mask));
  }
};

const endOf = (placed: PlacedPoint): number => placed.address + registerCount(placed.point);

const fillRow = (cells: Cells, row: readonly PlacedPoint[], maxGap: number): void => {
  let end: number | null = null;
  for (const placed of row.toSorted((a, b) => a.address - b.address)) {
    const from: number =
      end !== null && placed.address - end <= maxGap ? Math.min(end, placed.address) : placed.address;
    for (let address = from; address < endOf(placed); address++)
      cells.set(cellKey(placed.unitId, placed.point.table, address), 0);
    end = Math.max(end ?? 0, endOf(placed));
  }
};

/** Cells of zero for every readable point, and across the gaps that the profile allows. */
export const createCells = (placed: readonly PlacedPoint[], maxGap: number): Cells => {
  const cells: Cells = new Map();
  const readable = placed.filter(({ point }) => point.isWriteOnly !== true);
  for (const row of Map.groupBy(readable, ({ unitId, point }) => `${unitId} ${point.table}`).values())
    fillRow(cells, row, maxGap);
  return cells;
};

/** Answers a read out of cells. */
export const readCells = (cells: Cells, unitId: number, table: Table, address: number, count: number): ReadAnswer => {
  const registers: number[] = [];
  for (let at = address; at < address + count; at++) {
    const cell = cells.get(cellKey(unitId, table, at));
    if (cell === undefined) return { exception: EXCEPTION.illegalAddress };
    registers.push(cell);
  }
  return { registers };
};
