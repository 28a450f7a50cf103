import { describe, expect, it } from "vitest";
import { isCommand } from "#controller/protocol/schemas.ts";
import { startServer } from "./support/server.ts";
import { aFrame } from "../support/frames.ts";

const HOUR = { startsAt: "2026-11-21T17:00:00+01:00", endsAt: "2026-11-21T18:00:00+01:00", pricePerKwh: 0.31 };

const put = async (payload: object) => {
  await using server = await startServer(aFrame());
  const answer = await server.app.inject({ method: "PUT", url: "/api/v1/prices", payload });
  return { answer, sent: server.control.sent };
};

describe("prices over the API", () => {
  it("reach control in wall time", async () => {
    const { answer, sent } = await put({ prices: [HOUR] });
    expect(answer.json()).toMatchObject({ outcome: "applied" });
    const startsAtWallMs = Date.UTC(2026, 10, 21, 16);
    expect(sent[0]?.payload).toEqual({
      type: "set-prices",
      prices: [{ startsAtWallMs, endsAtWallMs: startsAtWallMs + 3_600_000, pricePerKwh: 0.31 }],
    });
  });

  it("may be four days of quarters of an hour, as long as control can take them", async () => {
    const prices = Array.from({ length: 400 }, (_, k) => ({
      startsAt: new Date(Date.UTC(2026, 10, 21) + k * 900_000).toISOString(),
      endsAt: new Date(Date.UTC(2026, 10, 21) + (k + 1) * 900_000).toISOString(),
      pricePerKwh: -0.123456789,
    }));
    const { answer, sent } = await put({ prices });
    expect(answer.statusCode).toBe(200);
    expect(isCommand(sent[0])).toBe(true);
    expect(JSON.stringify(sent[0]).length).toBeLessThan(60_000);
  });

  it.each([
    ["no list", {}],
    ["an unknown key", { prices: [{ ...HOUR, currency: "EUR" }] }],
    ["no zone", { prices: [{ ...HOUR, startsAt: "2026-11-21T17:00:00" }] }],
    ["a day that does not exist", { prices: [{ ...HOUR, startsAt: "2026-13-21T17:00:00Z" }] }],
    ["a price as text", { prices: [{ ...HOUR, pricePerKwh: "cheap" }] }],
    ["more than fit", { prices: Array.from({ length: 401 }, () => HOUR) }],
  ])("are refused with %s", async (_, payload) => {
    const { answer, sent } = await put(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: "invalid-request" });
    expect(sent).toEqual([]);
  });
});
