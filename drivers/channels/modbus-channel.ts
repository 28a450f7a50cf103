import { fault, type Fault } from "#controller/model/fault.ts";
import { failed, ok, type Result } from "#controller/model/result.ts";
import type { Clock } from "#controller/model/time.ts";
import { decodePoint, encodePoint, registerCount, type PointValue } from "../decode.ts";
import { placePoint, planReads, type PlacedPoint, type ReadHabits, type ReadRequest } from "../plan-reads.ts";
import type { PointChannel, PointReader, PointSample, PointWrite } from "./point-channel.ts";
import type { ModbusPoint } from "../profiles/schema.ts";
import type { ModbusPort } from "../transports/modbus.ts";

/** A Modbus device: its points by name, the numbers of its EVSEs and the unit id of the first. */
export type ModbusChannelOptions = {
  readonly subject: string;
  readonly points: ReadonlyMap<string, ModbusPoint>;
  readonly habits: ReadHabits;
  readonly evses: readonly number[];
  readonly unitId: number;
  readonly port: ModbusPort;
  readonly clock: Clock;
};

/** A channel that asks the device at every read. */
export const createModbusChannel = (options: ModbusChannelOptions): PointChannel => ({
  silence: () => null,
  reader: (names) => createReader(options, names),
  write: (write) => writePoint(options, write),
  isShared: (name) => {
    const point = options.points.get(name);
    return point?.isStation === true || point?.unitId !== undefined;
  },
  onPush: () => undefined,
  close: () => options.port.close(),
});

type Placed = { readonly evse: number; readonly placed: PlacedPoint };

const createReader = (options: ModbusChannelOptions, names: readonly string[]): PointReader => {
  const placed = placeAll(options, names);
  const requests = planReads(
    placed.map((one) => one.placed),
    options.habits,
  );
  return async () => {
    const sampledAt = options.clock.now();
    const values = new Map<PlacedPoint, PointValue>();
    for (const request of requests) {
      const answer = await options.port.read(request.unitId, request.table, request.address, request.count);
      if (!answer.ok) return answer;
      decodeAnswer(request, answer.value, values);
    }
    const sampleOf = (evse: number): PointSample => ({
      sampledAt,
      values: new Map(
        placed.filter((one) => one.evse === evse).map(({ placed: at }) => [at.name, values.get(at) ?? null]),
      ),
      undated: new Set(),
    });
    return ok(new Map(options.evses.map((evse) => [evse, sampleOf(evse)])));
  };
};

const placeAll = ({ points, habits, evses, unitId }: ModbusChannelOptions, names: readonly string[]): Placed[] =>
  evses.flatMap((evse) =>
    names.flatMap((name) => {
      const point = points.get(name);
      if (point === undefined || point.isWriteOnly === true) return [];
      return [{ evse, placed: placePoint({ name, point }, evse, unitId, habits) }];
    }),
  );

const decodeAnswer = (
  request: ReadRequest,
  registers: readonly number[],
  values: Map<PlacedPoint, PointValue>,
): void => {
  for (const placed of request.points) {
    const start = placed.address - request.address;
    values.set(placed, decodePoint(placed.point, registers.slice(start, start + registerCount(placed.point))));
  }
};

const writePoint = async (
  { subject, points, habits, unitId, port }: ModbusChannelOptions,
  { evse, point: name, value }: PointWrite,
): Promise<Result<null, Fault>> => {
  const point = points.get(name);
  if (point?.writeWith === undefined) return failed(fault("refused", subject, `${name} cannot be written`));
  const placed = placePoint({ name, point }, evse, unitId, habits);
  return port.write(placed.unitId, point.writeWith, placed.address, encodePoint(point, value));
};
