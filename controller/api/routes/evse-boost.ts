import { randomUUID } from "node:crypto";
import Type from "typebox";
import type { CommandReply } from "../../protocol/messages.ts";
import { carryOut } from "../commands.ts";
import { ChangeHeaders, EvseParams, Outcome } from "../schemas.ts";
import { requireEvse, type Route } from "./route.ts";

const LONGEST_MS = 24 * 3_600_000;

const Body = Type.Object(
  { durationMs: Type.Integer({ minimum: 1000, maximum: LONGEST_MS }) },
  { additionalProperties: false },
);

/** Lets an EVSE come before all others for a time, within every limit; ends early when its vehicle leaves. */
export const evseBoost: Route = (app, context) => {
  const path = "/api/v1/evses/:station/:number/boost";
  const change = { params: EvseParams, headers: ChangeHeaders, response: { 200: Outcome } };
  const boost = (evse: string, durationMs: number | null, key: string | undefined): Promise<CommandReply> =>
    carryOut(context.port, key ?? randomUUID(), { type: "set-boost", evse, durationMs });

  app.put(path, { schema: { ...change, body: Body } }, async ({ params, headers, body }) =>
    boost(requireEvse(context, params).id, body.durationMs, headers["idempotency-key"]),
  );

  app.delete(path, { schema: change }, async ({ params, headers }) =>
    boost(requireEvse(context, params).id, null, headers["idempotency-key"]),
  );
};
