import { randomUUID } from "node:crypto";
import Type from "typebox";
import { STRATEGY_NAMES } from "../../model/strategy.ts";
import { carryOut } from "../commands.ts";
import { ChangeHeaders, Outcome } from "../schemas.ts";
import type { Route } from "./route.ts";

const Body = Type.Object({ strategy: Type.Enum([...STRATEGY_NAMES]) }, { additionalProperties: false });

/** Chooses how the headroom is divided, from the next cycle on. */
export const strategy: Route = (app, { port }) => {
  const schema = { body: Body, headers: ChangeHeaders, response: { 200: Outcome } };
  app.put("/api/v1/site/strategy", { schema }, async ({ body, headers }) =>
    carryOut(port, headers["idempotency-key"] ?? randomUUID(), { type: "set-strategy", strategy: body.strategy }),
  );
};
