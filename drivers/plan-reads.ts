import { registerCount } from "./decode.ts";
import type { ModbusPoint } from "./profiles/schema.ts";

/** A point with the unit id and wire address it has on one EVSE of one device. */
export type PlacedPoint = {
  readonly name: string;
  readonly point: ModbusPoint;
  readonly unitId: number;
  readonly address: number;
};

/** One request and the points its answer holds. */
export type ReadRequest = {
  readonly unitId: number;
  readonly table: ModbusPoint["table"];
  readonly address: number;
  /** Registers, or bits in the tables of bits. */
  readonly count: number;
  readonly points: readonly PlacedPoint[];
};

/** What a device allows in one request, and what tells EVSE n from EVSE 1. */
export type ReadHabits = {
  readonly maxRegisters: number;
  readonly maxGap: number;
  readonly evseUnitIdStep?: number | undefined;
  readonly evseAddressStep?: number | undefined;
};

/** Where a point of EVSE `evse` (from 1) lives on the device with this unit id; values of the whole station stay put. */
export const placePoint = (
  named: { readonly name: string; readonly point: ModbusPoint },
  evse: number,
  unitId: number,
  habits: ReadHabits,
): PlacedPoint => {
  const { point } = named;
  const isShared = point.isStation === true || point.unitId !== undefined;
  const steps = isShared ? 0 : evse - 1;
  return {
    ...named,
    unitId: (point.unitId ?? unitId) + steps * (habits.evseUnitIdStep ?? 0),
    address: point.address + steps * (habits.evseAddressStep ?? 0),
  };
};

/** The fewest requests that read all points within the device's habits, in order of unit, table and address. */
export const planReads = (points: readonly PlacedPoint[], habits: ReadHabits): readonly ReadRequest[] => {
  const byTable = Map.groupBy(points, ({ unitId, point }) => `${unitId} ${point.table}`);
  return [...byTable.values()].flatMap((group) => planTable(group.toSorted(byAddress), habits));
};

const endOf = (placed: PlacedPoint): number => placed.address + registerCount(placed.point);
const byAddress = (a: PlacedPoint, b: PlacedPoint): number => a.address - b.address || endOf(a) - endOf(b);

/** Each request starts at the first address still unread and takes in all it can reach: no plan needs fewer. */
const planTable = (sorted: readonly PlacedPoint[], habits: ReadHabits): readonly ReadRequest[] => {
  const requests: ReadRequest[] = [];
  for (let waiting = sorted; waiting.length > 0;) {
    const { request, left } = takeRequest(waiting, habits);
    requests.push(request);
    waiting = left;
  }
  return requests;
};

const takeRequest = (
  [first, ...others]: readonly PlacedPoint[],
  { maxRegisters, maxGap }: ReadHabits,
): { request: ReadRequest; left: readonly PlacedPoint[] } => {
  if (first === undefined) throw new Error("A request needs a point.");
  let end = endOf(first);
  const taken = [first];
  const left: PlacedPoint[] = [];
  for (const placed of others) {
    const isWithin = endOf(placed) <= Math.max(first.address + maxRegisters, end) && placed.address - end <= maxGap;
    (isWithin ? taken : left).push(placed);
    if (isWithin) end = Math.max(end, endOf(placed));
  }
  const { unitId, address, point } = first;
  return { request: { unitId, table: point.table, address, count: end - address, points: taken }, left };
};
