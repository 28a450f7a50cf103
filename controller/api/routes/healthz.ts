import Type from "typebox";
import type { Route } from "./route.ts";

const Alive = Type.Object({ status: Type.Literal("alive") });

/** Whether this process answers; says nothing about control. */
export const healthz: Route = (app) => {
  app.get("/healthz", { schema: { response: { 200: Alive } } }, async () => ({ status: "alive" as const }));
};
