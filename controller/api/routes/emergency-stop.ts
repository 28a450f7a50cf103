import { randomUUID } from "node:crypto";
import Type from "typebox";
import { carryOut } from "../commands.ts";
import { ChangeHeaders, Outcome } from "../schemas.ts";
import type { Route } from "./route.ts";

const Body = Type.Object({ isStopped: Type.Boolean() }, { additionalProperties: false });

/** Stops all charging at once and keeps it stopped until it is released here (R12). */
export const emergencyStop: Route = (app, { port }) => {
  const schema = { body: Body, headers: ChangeHeaders, response: { 200: Outcome } };
  app.post("/api/v1/emergency-stop", { schema }, async ({ body, headers }) =>
    carryOut(port, headers["idempotency-key"] ?? randomUUID(), { type: "emergency-stop", isStopped: body.isStopped }),
  );
};
