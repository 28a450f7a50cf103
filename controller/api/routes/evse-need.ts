import { randomUUID } from "node:crypto";
import Type from "typebox";
import { carryOut } from "../commands.ts";
import { DateTime, toWallMs } from "../date-time.ts";
import { Problem } from "../problem.ts";
import { ChangeHeaders, EvseParams, Outcome } from "../schemas.ts";
import { requireEvse, type Route } from "./route.ts";

const MAX_ENERGY_WH = 1_000_000;

const Body = Type.Object(
  {
    departsAt: Type.Union([DateTime, Type.Null()]),
    energyWh: Type.Union([Type.Number({ minimum: 1, maximum: MAX_ENERGY_WH }), Type.Null()]),
  },
  { additionalProperties: false },
);

/** What the vehicle at an EVSE needs and until when; forgotten when it leaves. */
export const evseNeed: Route = (app, context) => {
  const path = "/api/v1/evses/:station/:number/need";
  const change = { params: EvseParams, headers: ChangeHeaders, response: { 200: Outcome } };

  app.put(path, { schema: { ...change, body: Body } }, async ({ params, headers, body: { departsAt, energyWh } }) => {
    const { id: evse } = requireEvse(context, params);
    if (departsAt === null && energyWh === null)
      throw new Problem(400, "invalid-request", "Name departsAt, energyWh or both; DELETE forgets what was said.");
    const need = { departsAtWallMs: departsAt === null ? null : toWallMs(departsAt, "departsAt"), energyWh };
    return carryOut(context.port, headers["idempotency-key"] ?? randomUUID(), { type: "set-need", evse, need });
  });

  app.delete(path, { schema: change }, async ({ params, headers }) => {
    const { id: evse } = requireEvse(context, params);
    return carryOut(context.port, headers["idempotency-key"] ?? randomUUID(), { type: "set-need", evse, need: null });
  });
};
