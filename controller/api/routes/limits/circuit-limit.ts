import { randomUUID } from "node:crypto";
import Type, { type Static } from "typebox";
import { SET_SOURCES, type LimitValue } from "../../../model/limit.ts";
import type { LiveCircuit } from "../../../protocol/live-frame.ts";
import type { CommandPayload } from "../../../protocol/messages.ts";
import { carryOut } from "../../commands.ts";
import { Problem } from "../../problem.ts";
import {
  ChangeHeaders,
  CurrentOrPhases,
  Id,
  nullable,
  Outcome,
  PhaseCurrents,
  Power,
  toPhases,
  toVector,
} from "../../schemas.ts";
import { etagOf, requireVersion } from "../../version.ts";
import { requireCircuit, type Route, type RouteContext } from "../route.ts";

const MAX_LEASE_S = 30 * 24 * 3600;

const Params = Type.Object({ id: Id });
const Source = Type.Enum([...SET_SOURCES]);
const Text = Type.String({ maxLength: 40 });

const Body = Type.Object(
  {
    limitA: Type.Optional(CurrentOrPhases),
    powerW: Type.Optional(Power),
    source: Type.Optional(Source),
    durationS: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LEASE_S })),
    afterwardsA: Type.Optional(CurrentOrPhases),
    afterwardsW: Type.Optional(Power),
  },
  { additionalProperties: false },
);

const Query = Type.Object({ source: Type.Optional(Source) }, { additionalProperties: false });

const LimitNow = Type.Object({
  circuit: Id,
  sealedA: PhaseCurrents,
  sealedPowerW: nullable(Power),
  limitA: PhaseCurrents,
  source: Text,
  leaseEndsAt: nullable(Text),
  powerW: nullable(Power),
  powerSource: Text,
  evPowerW: nullable(Power),
  evPowerSource: Text,
});

const limitNow = (circuit: LiveCircuit): Static<typeof LimitNow> => ({
  circuit: circuit.id,
  sealedA: toPhases(circuit.sealedA),
  sealedPowerW: circuit.sealedPowerW,
  limitA: toPhases(circuit.limitA),
  source: circuit.limitSource,
  leaseEndsAt: circuit.leaseEndsAt,
  powerW: circuit.powerW,
  powerSource: circuit.powerSource,
  evPowerW: circuit.evPowerW,
  evPowerSource: circuit.evPowerSource,
});

/** What people edit: without the power that rules set, which is another from cycle to cycle. */
const editable = (circuit: LiveCircuit): unknown => {
  const { powerW, evPowerW: _evPowerW, ...limit } = limitNow(circuit);
  return { ...limit, powerW: SET_SOURCES.some((source) => source === circuit.powerSource) ? powerW : null };
};

/** The circuit to change, unless its limit is not the one the caller last saw. */
const unchanged = (context: RouteContext, id: string, ifMatch: string | undefined): LiveCircuit => {
  const circuit = requireCircuit(context, id);
  requireVersion(editable(circuit), ifMatch);
  return circuit;
};

const valueOf = (limitA: Static<typeof CurrentOrPhases> | undefined, powerW: number | undefined): LimitValue => ({
  limitA: limitA === undefined ? null : toVector(limitA),
  powerW: powerW ?? null,
});

/** A lease must name what holds afterwards, in every respect in which it bounds (R5). */
const leaseOf = ({ limitA, powerW, durationS, afterwardsA, afterwardsW }: Static<typeof Body>) => {
  const isLease = durationS !== undefined;
  if (isLease !== (afterwardsA !== undefined || afterwardsW !== undefined))
    throw new Problem(400, "invalid-request", "A limit for a time needs durationS and what holds afterwards.");
  if (!isLease) return null;
  if ((limitA === undefined) !== (afterwardsA === undefined) || (powerW === undefined) !== (afterwardsW === undefined))
    throw new Problem(400, "invalid-request", "limitA goes with afterwardsA, powerW with afterwardsW.");
  return { durationMs: durationS * 1000, afterwards: valueOf(afterwardsA, afterwardsW) };
};

const toPayload = (circuit: string, body: Static<typeof Body>): CommandPayload => {
  const value = valueOf(body.limitA, body.powerW);
  if (value.limitA === null && value.powerW === null)
    throw new Problem(400, "invalid-request", "Give limitA, powerW or both.");
  return { type: "set-limit", circuit, source: body.source ?? "operating", value, lease: leaseOf(body) };
};

/** The limit in force on a circuit: read it, set one, for a time or until it is changed, or take it back. */
export const circuitLimit: Route = (app, context) => {
  const path = "/api/v1/circuits/:id/limit";
  const change = { params: Params, headers: ChangeHeaders, response: { 200: Outcome } };

  app.get(path, { schema: { params: Params, response: { 200: LimitNow } } }, async ({ params }, reply) => {
    const circuit = requireCircuit(context, params.id);
    reply.header("etag", etagOf(editable(circuit)));
    return limitNow(circuit);
  });

  app.put(path, { schema: { ...change, body: Body } }, async ({ params, headers, body }) => {
    const { id } = unchanged(context, params.id, headers["if-match"]);
    return carryOut(context.port, headers["idempotency-key"] ?? randomUUID(), toPayload(id, body));
  });

  app.delete(path, { schema: { ...change, querystring: Query } }, async ({ params, headers, query }) => {
    const { id: circuit } = unchanged(context, params.id, headers["if-match"]);
    return carryOut(context.port, headers["idempotency-key"] ?? randomUUID(), {
      type: "set-limit",
      circuit,
      source: query.source ?? "operating",
      value: null,
      lease: null,
    });
  });
};
