import { elapsedMs, type Clock, type Instant } from "#controller/model/time.ts";
import { functionCodeOf, type ModbusRequest } from "./modbus-client.ts";
import { isAnswered, type ExchangeAnswer, type ModbusLink } from "./modbus-link.ts";

/**
 * A link for a line whose answers name their unit, function and length, but not their request.
 *
 * A unit answers in the order in which it is asked, at most once, and the line keeps that order. So an answer that no
 * unanswered request can have caused proves that none of those is answered any more, however late the unit, the line or
 * this process was. A request that an older answer would fit waits behind such a proof: a probe. What remains is a unit
 * that breaks the order, or answers none of the probes and comes more than {@link FORGET_MS} late.
 */
export const createOrderedLink = (link: ModbusLink, clock: Clock): ModbusLink => {
  const units = new Map<number, readonly Sent[]>();
  const unanswered = (unitId: number): readonly Sent[] =>
    (units.get(unitId) ?? []).filter(({ endedAt }) => elapsedMs(endedAt, clock.now()) < FORGET_MS);

  const ask: ModbusLink["exchange"] = async (request, options) => {
    const result = await link.exchange(request, options);
    const sent = [...unanswered(request.unitId), { request, endedAt: clock.now() }];
    units.set(request.unitId, isAnswered(result) ? sent.slice(firstFit(sent, request, result) + 1) : sent);
    return result;
  };

  return {
    exchange: async (request, options) => {
      for (let sent = unanswered(request.unitId); sent.some(isLike(request)); sent = unanswered(request.unitId)) {
        const result = await ask(probeFor(request, sent), options);
        if (!isAnswered(result)) return result;
      }
      return ask(request, options);
    },
    close: () => link.close(),
  };
};

/** Far beyond what a device or a bridge takes, and what a unit that answers no probe is left alone after one lost frame. */
const FORGET_MS = 10_000;

type Sent = { readonly request: ModbusRequest; readonly endedAt: Instant };

const isLike =
  (request: ModbusRequest) =>
  (sent: Sent): boolean =>
    functionCodeOf(sent.request) === functionCodeOf(request);

/** Registers that the answer carries; what else answers have is the same for all of a function. */
const sizeOf = (request: ModbusRequest): number =>
  request.kind === "read" && isOfRegisters(request.table) ? request.count : 0;

const isOfRegisters = (table: string): boolean => table === "holding" || table === "input";

/** The oldest request that the answer fits; an exception repeats the function only. */
const firstFit = (sent: readonly Sent[], request: ModbusRequest, { ok }: ExchangeAnswer): number =>
  sent.findIndex((one) => isLike(request)(one) && (!ok || sizeOf(one.request) === sizeOf(request)));

/** First the same registers with another length, which any unit knows; then a function that waits for no answer. */
const probeFor = (request: ModbusRequest, sent: readonly Sent[]): ModbusRequest =>
  probeBySize(request, sent) ?? probeByFunction(request, sent);

const probeBySize = (request: ModbusRequest, sent: readonly Sent[]): ModbusRequest | null => {
  if (request.kind === "write" || !isOfRegisters(request.table)) return null;
  const count = request.count > 2 ? request.count - 2 : 2 * request.count;
  const like = sent.filter(isLike(request)).map((one) => sizeOf(one.request));
  return like.length === 1 && like[0] !== count ? { ...request, count } : null;
};

/** Even a refusal proves what it is for. When all functions wait, the one that was tried last proves the most. */
const probeByFunction = ({ unitId }: ModbusRequest, sent: readonly Sent[]): ModbusRequest => {
  const probeOf = (table: (typeof PROBE_TABLES)[number]): ModbusRequest => ({
    kind: "read",
    unitId,
    table,
    address: 0,
    count: 1,
  });
  return probeOf(PROBE_TABLES.find((table) => !sent.some(isLike(probeOf(table)))) ?? LAST_PROBE_TABLE);
};

const LAST_PROBE_TABLE = "coil";
const PROBE_TABLES = ["input", "holding", "discrete", LAST_PROBE_TABLE] as const;
