import { randomUUID } from "node:crypto";
import Type from "typebox";
import { carryOut } from "../commands.ts";
import { Problem } from "../problem.ts";
import { ChangeHeaders, EvseParams, Outcome } from "../schemas.ts";
import { requireEvse, type Route } from "./route.ts";

/** RFC 3339 with its zone: a departure without one would be another hour elsewhere. */
const DATE_TIME = String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$`;
const MAX_ENERGY_WH = 1_000_000;

const Body = Type.Object(
  {
    departsAt: Type.Union([Type.String({ maxLength: 40, pattern: DATE_TIME }), Type.Null()]),
    energyWh: Type.Union([Type.Number({ minimum: 1, maximum: MAX_ENERGY_WH }), Type.Null()]),
  },
  { additionalProperties: false },
);

/** Wall time, ms since 1970, of a departure. */
const toWallMs = (departsAt: string): number => {
  const wallMs = Date.parse(departsAt);
  if (Number.isNaN(wallMs)) throw new Problem(400, "invalid-request", "departsAt names a time that does not exist.");
  return wallMs;
};

/** What the vehicle at an EVSE needs and until when; forgotten when it leaves. */
export const evseNeed: Route = (app, context) => {
  const path = "/api/v1/evses/:station/:number/need";
  const change = { params: EvseParams, headers: ChangeHeaders, response: { 200: Outcome } };

  app.put(path, { schema: { ...change, body: Body } }, async ({ params, headers, body: { departsAt, energyWh } }) => {
    const { id: evse } = requireEvse(context, params);
    if (departsAt === null && energyWh === null)
      throw new Problem(400, "invalid-request", "Name departsAt, energyWh or both; DELETE forgets what was said.");
    const need = { departsAtWallMs: departsAt === null ? null : toWallMs(departsAt), energyWh };
    return carryOut(context.port, headers["idempotency-key"] ?? randomUUID(), { type: "set-need", evse, need });
  });

  app.delete(path, { schema: change }, async ({ params, headers }) => {
    const { id: evse } = requireEvse(context, params);
    return carryOut(context.port, headers["idempotency-key"] ?? randomUUID(), { type: "set-need", evse, need: null });
  });
};
