import { requireFrame, type Route } from "./route.ts";

/** The newest cycle, whole. */
export const state: Route = (app, context) => {
  app.get("/api/v1/state", async () => requireFrame(context));
};
