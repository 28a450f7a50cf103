import { createHash, randomUUID } from "node:crypto";
import Type, { type Static } from "typebox";
import type { LiveCircuit } from "../../protocol/live-frame.ts";
import type { CommandPayload } from "../../protocol/messages.ts";
import { carryOut } from "../commands.ts";
import { Problem } from "../problem.ts";
import { ChangeHeaders, CurrentOrPhases, Id, Outcome, PhaseCurrents, toPhases, toVector } from "../schemas.ts";
import { requireCircuit, type Route, type RouteContext } from "./route.ts";

const MAX_LEASE_S = 30 * 24 * 3600;

const Params = Type.Object({ id: Id });

const Body = Type.Object(
  {
    limitA: CurrentOrPhases,
    durationS: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LEASE_S })),
    afterwardsA: Type.Optional(CurrentOrPhases),
  },
  { additionalProperties: false },
);

const LimitNow = Type.Object({
  circuit: Id,
  sealedA: PhaseCurrents,
  limitA: PhaseCurrents,
  source: Type.String({ maxLength: 40 }),
  leaseEndsAt: Type.Union([Type.String({ maxLength: 40 }), Type.Null()]),
});

const limitNow = ({ id, sealedA, limitA, limitSource, leaseEndsAt }: LiveCircuit): Static<typeof LimitNow> => ({
  circuit: id,
  sealedA: toPhases(sealedA),
  limitA: toPhases(limitA),
  source: limitSource,
  leaseEndsAt,
});

const etagOf = (circuit: LiveCircuit): string =>
  `"${createHash("sha256")
    .update(JSON.stringify(limitNow(circuit)))
    .digest("base64url")
    .slice(0, 22)}"`;

/** The circuit to change, unless it is not the one the caller last saw. */
const unchanged = (context: RouteContext, id: string, ifMatch: string | undefined): LiveCircuit => {
  const circuit = requireCircuit(context, id);
  if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== etagOf(circuit)) {
    throw new Problem(412, "changed-meanwhile", "Read the limit again before you change it.");
  }
  return circuit;
};

/** A lease must name what holds afterwards (R5): one field without the other is refused. */
const toPayload = (circuit: string, { limitA, durationS, afterwardsA }: Static<typeof Body>): CommandPayload => {
  if (durationS === undefined && afterwardsA === undefined) {
    return { type: "set-limit", circuit, limitA: toVector(limitA) };
  }
  if (durationS === undefined || afterwardsA === undefined) {
    throw new Problem(400, "invalid-request", "A limit for a time needs both durationS and afterwardsA.");
  }
  return {
    type: "set-lease",
    circuit,
    limitA: toVector(limitA),
    durationMs: durationS * 1000,
    afterwardsA: toVector(afterwardsA),
  };
};

/** The limit in force on a circuit: read it, set the operating limit or a lease, or return to the sealed one. */
export const circuitLimit: Route = (app, context) => {
  const path = "/api/v1/circuits/:id/limit";
  const change = { params: Params, headers: ChangeHeaders, response: { 200: Outcome } };

  app.get(path, { schema: { params: Params, response: { 200: LimitNow } } }, async ({ params }, reply) => {
    const circuit = requireCircuit(context, params.id);
    reply.header("etag", etagOf(circuit));
    return limitNow(circuit);
  });

  app.put(path, { schema: { ...change, body: Body } }, async ({ params, headers, body }) => {
    const { id } = unchanged(context, params.id, headers["if-match"]);
    return carryOut(context.port, headers["idempotency-key"] ?? randomUUID(), toPayload(id, body));
  });

  app.delete(path, { schema: change }, async ({ params, headers }) => {
    const { id: circuit } = unchanged(context, params.id, headers["if-match"]);
    return carryOut(context.port, headers["idempotency-key"] ?? randomUUID(), {
      type: "set-limit",
      circuit,
      limitA: null,
    });
  });
};
