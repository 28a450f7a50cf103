import { describe, expect, it } from "vitest";
import { aFrame } from "../support/frames.ts";
import { startServer, type TestServer } from "./support/server.ts";

const NEED = "/api/v1/evses/bay-01/1/need";
const BOOST = "/api/v1/evses/bay-01/1/boost";
const DEPARTURE = "2026-03-02T18:00:00+01:00";
const BOTH = { departsAt: DEPARTURE, energyWh: 12_000 };

const put = (server: TestServer, url: string, payload: object, headers: Record<string, string> = {}) =>
  server.app.inject({ method: "PUT", url, payload, headers });

describe("what the vehicle at an EVSE needs", () => {
  it("is said with a departure, an energy or both", async () => {
    await using server = await startServer(aFrame());
    const answer = await put(server, NEED, BOTH, { "idempotency-key": "once" });
    expect(answer.json()).toEqual({ id: "once", outcome: "applied", reason: null });
    await put(server, NEED, { ...BOTH, departsAt: null });
    await put(server, NEED, { ...BOTH, energyWh: null });
    const departsAtWallMs = Date.UTC(2026, 2, 2, 17);
    expect(server.control.sent.map(({ payload }) => payload)).toEqual([
      { type: "set-need", evse: "bay-01/1", need: { departsAtWallMs, energyWh: 12_000 } },
      { type: "set-need", evse: "bay-01/1", need: { departsAtWallMs: null, energyWh: 12_000 } },
      { type: "set-need", evse: "bay-01/1", need: { departsAtWallMs, energyWh: null } },
    ]);
  });

  it("is forgotten when it is deleted", async () => {
    await using server = await startServer(aFrame());
    expect((await server.app.inject({ method: "DELETE", url: NEED })).statusCode).toBe(200);
    expect(server.control.sent[0]?.payload).toEqual({ type: "set-need", evse: "bay-01/1", need: null });
  });

  it.each([
    ["nothing", {}],
    ["neither", { departsAt: null, energyWh: null }],
    ["a departure without a zone", { ...BOTH, departsAt: "2026-03-02T18:00:00" }],
    ["a departure without a time", { ...BOTH, departsAt: "2026-03-02" }],
    ["a departure that does not exist", { ...BOTH, departsAt: "2026-13-02T18:00:00Z" }],
    ["a departure in ms", { ...BOTH, departsAt: 1_772_470_800_000 }],
    ["a departure in words", { ...BOTH, departsAt: "tomorrow" }],
    ["no energy at all", { ...BOTH, energyWh: 0 }],
    ["a negative energy", { ...BOTH, energyWh: -1 }],
    ["more energy than any vehicle takes", { ...BOTH, energyWh: 1_000_001 }],
    ["an energy as text", { ...BOTH, energyWh: "12000" }],
    ["an unknown field", { ...BOTH, socPct: 80 }],
  ])("refuses %s", async (_name, payload) => {
    await using server = await startServer(aFrame());
    const answer = await put(server, NEED, payload);
    expect(answer.json()).toMatchObject({ status: 400, code: "invalid-request" });
    expect(server.control.sent).toEqual([]);
  });

  it("is refused in the words of control", async () => {
    await using server = await startServer(aFrame());
    server.control.answer(async () => ({ outcome: "refused", reason: "the departure lies in the past" }));
    expect((await put(server, NEED, BOTH)).json()).toMatchObject({
      status: 409,
      code: "command-refused",
      detail: "the departure lies in the past",
    });
  });
});

describe("a boost", () => {
  it("is given for a time", async () => {
    await using server = await startServer(aFrame());
    const answer = await put(server, BOOST, { durationMs: 1_800_000 }, { "idempotency-key": "once" });
    expect(answer.json()).toEqual({ id: "once", outcome: "applied", reason: null });
    expect(server.control.sent[0]?.payload).toEqual({ type: "set-boost", evse: "bay-01/1", durationMs: 1_800_000 });
  });

  it("is ended when it is deleted", async () => {
    await using server = await startServer(aFrame());
    expect((await server.app.inject({ method: "DELETE", url: BOOST })).statusCode).toBe(200);
    expect(server.control.sent[0]?.payload).toEqual({ type: "set-boost", evse: "bay-01/1", durationMs: null });
  });

  it.each([
    ["nothing", {}],
    ["no time at all", { durationMs: 0 }],
    ["more than a day", { durationMs: 86_400_001 }],
    ["a part of a millisecond", { durationMs: 1000.5 }],
    ["a time as text", { durationMs: "1h" }],
    ["an unknown field", { durationMs: 60_000, isFirst: true }],
  ])("refuses %s", async (_name, payload) => {
    await using server = await startServer(aFrame());
    expect((await put(server, BOOST, payload)).json()).toMatchObject({ status: 400, code: "invalid-request" });
    expect(server.control.sent).toEqual([]);
  });
});

describe("an EVSE that does not exist", () => {
  it.each(["bay-01/2", "bay-99/1"])("is not found: %s", async (id) => {
    await using server = await startServer(aFrame());
    const url = `/api/v1/evses/${id}`;
    const answers = [
      await put(server, `${url}/need`, BOTH),
      await put(server, `${url}/boost`, { durationMs: 60_000 }),
      await server.app.inject({ method: "DELETE", url: `${url}/need` }),
      await server.app.inject({ method: "DELETE", url: `${url}/boost` }),
    ];
    expect(answers.map((answer) => answer.json().code)).toEqual(Array.from({ length: 4 }, () => "not-found"));
    expect(server.control.sent).toEqual([]);
  });

  it.each(["first", "-1", "1.5", "100001"])("has no number %s", async (number) => {
    await using server = await startServer(aFrame());
    const answer = await put(server, `/api/v1/evses/bay-01/${number}/boost`, { durationMs: 60_000 });
    expect(answer.json()).toMatchObject({ status: 400, code: "invalid-request" });
  });
});
