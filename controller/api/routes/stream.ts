import { SECURITY_HEADERS } from "../guard.ts";
import { Problem } from "../problem.ts";
import type { Route } from "./route.ts";

/** Every cycle as a server-sent event; a slow reader gets the newest, never a backlog. */
export const stream: Route = (app, { live }) => {
  app.get("/api/v1/stream", { exposeHeadRoute: false }, (_request, reply) => {
    const response = reply.raw;
    response.setHeaders(new Map(Object.entries(SECURITY_HEADERS)));
    response.setHeader("content-type", "text/event-stream; charset=utf-8");
    response.setHeader("cache-control", "no-store");
    const stop = live.open(response);
    if (stop === null) throw new Problem(503, "too-many-streams", "Close another page and try again.");
    reply.hijack();
    response.on("close", stop);
  });
};
