import { describe, expect, it } from "vitest";
import { aFrame } from "../support/frames.ts";
import { startServer } from "./support/server.ts";

const url = "/api/v1/site/strategy";

describe("the strategy of the site", () => {
  it("is chosen by its name", async () => {
    await using server = await startServer(aFrame());
    const headers = { "idempotency-key": "once" };
    const answer = await server.app.inject({ method: "PUT", url, headers, payload: { strategy: "deadline" } });
    expect(answer.json()).toEqual({ id: "once", outcome: "applied", reason: null });
    expect(server.control.sent).toMatchObject([
      { id: "once", payload: { type: "set-strategy", strategy: "deadline" } },
    ]);
  });

  it.each([
    ["nothing", {}],
    ["a name that no strategy has", { strategy: "by-colour" }],
    ["a name as a list", { strategy: ["deadline"] }],
    ["an unknown field", { strategy: "deadline", until: "tomorrow" }],
  ])("refuses %s", async (_name, payload) => {
    await using server = await startServer(aFrame());
    const answer = await server.app.inject({ method: "PUT", url, payload });
    expect(answer.json()).toMatchObject({ status: 400, code: "invalid-request" });
    expect(server.control.sent).toEqual([]);
  });
});
