import { describe, expect, it } from "vitest";
import { aFrame } from "../support/frames.ts";
import { startServer, type TestServer } from "./support/server.ts";

const SCHEDULE = "/api/v1/circuits/panel-a/schedule";
const OPERATOR = "/api/v1/grid-operator";

const put = (server: TestServer, url: string, payload?: object, headers: Record<string, string> = {}) =>
  server.app.inject({ method: "PUT", url, headers, ...(payload === undefined ? {} : { payload }) });

const ENTRY = { weekdays: ["mon", "fri"], from: "07:00", to: "19:15", powerW: 50_000 };
const STORED = { weekdays: [1, 5], fromMinute: 420, toMinute: 1155, limitA: null, powerW: 50_000 };

describe("the schedule of a circuit", () => {
  it("is empty until it is set", async () => {
    await using server = await startServer(aFrame());
    const answer = await server.app.inject(SCHEDULE);
    expect(answer.json()).toEqual({ circuit: "panel-a", timezone: "Europe/Berlin", entries: [] });
    expect(answer.headers["etag"]).toMatch(/^"[\w-]+"$/);
  });

  it("is replaced as a whole", async () => {
    await using server = await startServer(aFrame());
    const night = { weekdays: ["sun"], from: "22:00", to: "00:00", limitA: { L1: 10, L2: 20, L3: 30 } };
    expect((await put(server, SCHEDULE, { entries: [ENTRY, night] })).json()).toMatchObject({ outcome: "applied" });
    expect(server.control.sent.map(({ payload }) => payload)).toEqual([
      {
        type: "set-schedule",
        circuit: "panel-a",
        entries: [STORED, { weekdays: [7], fromMinute: 1320, toMinute: 1440, limitA: [10, 20, 30], powerW: null }],
      },
    ]);
  });

  it("is read as it was written", async () => {
    await using server = await startServer(aFrame({ schedules: [{ circuit: "panel-a", entries: [STORED] }] }));
    expect((await server.app.inject(SCHEDULE)).json()).toMatchObject({ entries: [ENTRY] });
    expect((await server.app.inject("/api/v1/circuits/grid/schedule")).json()).toMatchObject({ entries: [] });
  });

  it("is not replaced when somebody else changed it in between", async () => {
    await using server = await startServer(aFrame());
    const { etag } = (await server.app.inject(SCHEDULE)).headers;
    server.control.publish(aFrame({ schedules: [{ circuit: "panel-a", entries: [STORED] }] }));
    const answer = await put(server, SCHEDULE, { entries: [] }, { "if-match": `${etag}` });
    expect(answer.json()).toMatchObject({ status: 412, code: "changed-meanwhile" });
    expect(server.control.sent).toEqual([]);
  });

  it.each([
    ["an entry that bounds nothing", { ...ENTRY, powerW: undefined }],
    ["a time that is no quarter of an hour", { ...ENTRY, from: "07:10" }],
    ["an hour that does not exist", { ...ENTRY, to: "25:00" }],
    ["no day", { ...ENTRY, weekdays: [] }],
    ["an unknown day", { ...ENTRY, weekdays: ["holiday"] }],
    ["an unknown field", { ...ENTRY, until: "2027" }],
  ])("refuses %s", async (_what, entry) => {
    await using server = await startServer(aFrame());
    expect((await put(server, SCHEDULE, { entries: [entry] })).statusCode).toBe(400);
    expect(server.control.sent).toEqual([]);
  });

  it("is not found for an unknown circuit", async () => {
    await using server = await startServer(aFrame());
    expect((await put(server, "/api/v1/circuits/none/schedule", { entries: [] })).statusCode).toBe(404);
  });
});

describe("the grid operator", () => {
  it("is not found where the site file names none", async () => {
    await using server = await startServer(aFrame());
    expect((await server.app.inject(OPERATOR)).statusCode).toBe(404);
  });

  it("is shown with its state and what the vehicles may draw", async () => {
    const gridOperator = { lpc: "failsafe", isContactDimmed: false, powerW: 4200 } as const;
    await using server = await startServer(aFrame({ gridOperator }));
    expect((await server.app.inject(OPERATOR)).json()).toEqual(gridOperator);
  });

  it.each([
    ["heartbeat", undefined, { type: "heartbeat" }],
    ["limit", { isActive: true, powerW: 4200 }, { type: "limit", isActive: true, powerW: 4200, durationMs: null }],
    [
      "limit",
      { isActive: true, powerW: 4200, durationS: 60 },
      { type: "limit", isActive: true, powerW: 4200, durationMs: 60_000 },
    ],
    ["limit", { isActive: false }, { type: "limit", isActive: false, powerW: 0, durationMs: null }],
    ["failsafe", { powerW: 8000, minimumS: 7200 }, { type: "failsafe", powerW: 8000, minimumMs: 7_200_000 }],
  ])("tells its %s", async (name, body, signal) => {
    await using server = await startServer(aFrame());
    expect((await put(server, `${OPERATOR}/${name}`, body)).statusCode).toBe(200);
    expect(server.control.sent.map(({ payload }) => payload)).toEqual([{ type: "grid-operator", signal }]);
  });

  it.each([
    ["limit", { isActive: true }],
    ["limit", { isActive: true, powerW: -1 }],
    ["limit", { powerW: 4200 }],
    ["failsafe", { powerW: 4200, minimumS: 60 }],
  ])("is not understood with a wrong %s", async (name, body) => {
    await using server = await startServer(aFrame());
    expect((await put(server, `${OPERATOR}/${name}`, body)).statusCode).toBe(400);
    expect(server.control.sent).toEqual([]);
  });
});
