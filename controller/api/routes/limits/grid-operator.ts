import { randomUUID } from "node:crypto";
import Type from "typebox";
import { LPC_STATES, type OperatorSignal } from "../../../model/limit.ts";
import { carryOut } from "../../commands.ts";
import { Problem } from "../../problem.ts";
import { ChangeHeaders, nullable, Outcome, Power } from "../../schemas.ts";
import { requireFrame, type Route } from "../route.ts";

const closed = { additionalProperties: false };
const MAX_DURATION_S = 30 * 24 * 3600;

const OperatorNow = Type.Object({
  lpc: nullable(Type.Enum([...LPC_STATES])),
  isContactDimmed: Type.Boolean(),
  powerW: nullable(Power),
});

const Limit = Type.Union([
  Type.Object({ isActive: Type.Literal(false) }, closed),
  Type.Object(
    {
      isActive: Type.Literal(true),
      powerW: Power,
      durationS: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_DURATION_S })),
    },
    closed,
  ),
]);

const Failsafe = Type.Object({ powerW: Power, minimumS: Type.Integer({ minimum: 7_200, maximum: 86_400 }) }, closed);

/** What the grid operator limits (EEBUS LPC, § 14a EnWG), and its signals where a gateway hands them on over HTTP. */
export const gridOperator: Route = (app, context) => {
  const path = "/api/v1/grid-operator";
  const answer = { headers: ChangeHeaders, response: { 200: Outcome } };
  const tell = (headers: { "idempotency-key"?: string | undefined }, signal: OperatorSignal) =>
    carryOut(context.port, headers["idempotency-key"] ?? randomUUID(), { type: "grid-operator", signal });

  app.get(path, { schema: { response: { 200: OperatorNow } } }, async () => {
    const { gridOperator: state } = requireFrame(context);
    if (state === null) throw new Problem(404, "not-found", "The site file names no grid operator.");
    return state;
  });

  app.put(`${path}/heartbeat`, { schema: answer }, async ({ headers }) => tell(headers, { type: "heartbeat" }));

  app.put(`${path}/limit`, { schema: { ...answer, body: Limit } }, async ({ headers, body }) => {
    if (!body.isActive) return tell(headers, { type: "limit", isActive: false, powerW: 0, durationMs: null });
    const durationMs = body.durationS === undefined ? null : body.durationS * 1000;
    return tell(headers, { type: "limit", isActive: true, powerW: body.powerW, durationMs });
  });

  app.put(`${path}/failsafe`, { schema: { ...answer, body: Failsafe } }, async ({ headers, body }) =>
    tell(headers, { type: "failsafe", powerW: body.powerW, minimumMs: body.minimumS * 1000 }),
  );
};
