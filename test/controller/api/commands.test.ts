import { describe, expect, it, vi } from "vitest";
import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import type { LimitValue } from "#controller/model/limit.ts";
import { aCircuit, aFrame } from "../support/frames.ts";
import { startServer, type TestServer } from "./support/server.ts";

const LIMIT = "/api/v1/circuits/panel-a/limit";

const put = (server: TestServer, payload: object, headers: Record<string, string> = {}) =>
  server.app.inject({ method: "PUT", url: LIMIT, payload, headers });

const setLimit = (value: LimitValue | null) => ({
  type: "set-limit",
  circuit: "panel-a",
  source: "operating",
  value,
  lease: null,
});

describe("the limit of a circuit", () => {
  it("can be read with its source and an ETag", async () => {
    await using server = await startServer(aFrame());
    const answer = await server.app.inject(LIMIT);
    expect(answer.headers["etag"]).toMatch(/^"[\w-]+"$/);
    expect(answer.json()).toEqual({
      circuit: "panel-a",
      sealedA: { L1: 63, L2: 63, L3: 63 },
      sealedPowerW: null,
      limitA: { L1: 100, L2: 100, L3: 100 },
      source: "sealed",
      leaseEndsAt: null,
      powerW: null,
      powerSource: "sealed",
      evPowerW: null,
      evPowerSource: "sealed",
    });
  });

  it("is set for all phases by one number", async () => {
    await using server = await startServer(aFrame());
    const answer = await put(server, { limitA: 40 }, { "idempotency-key": "once" });
    expect(answer.json()).toEqual({ id: "once", outcome: "applied", reason: null });
    expect(server.control.sent).toMatchObject([
      { id: "once", payload: setLimit({ limitA: [40, 40, 40], powerW: null }) },
    ]);
  });

  it("is set phase by phase", async () => {
    await using server = await startServer(aFrame());
    await put(server, { limitA: { L1: 40, L2: 32, L3: 0 } });
    expect(server.control.sent[0]?.payload).toEqual(setLimit({ limitA: [40, 32, 0], powerW: null }));
  });

  it("is set for a time with what holds afterwards", async () => {
    await using server = await startServer(aFrame());
    await put(server, { limitA: 20, durationS: 600, afterwardsA: { L1: 63, L2: 63, L3: 50 } });
    expect(server.control.sent[0]?.payload).toEqual({
      ...setLimit({ limitA: [20, 20, 20], powerW: null }),
      lease: { durationMs: 600_000, afterwards: { limitA: [63, 63, 50], powerW: null } },
    });
  });

  it("is set as a power, by a backend, for a time", async () => {
    await using server = await startServer(aFrame());
    await put(server, { powerW: 50_000, source: "csms", durationS: 60, afterwardsW: 11_000 });
    expect(server.control.sent[0]?.payload).toEqual({
      ...setLimit({ limitA: null, powerW: 50_000 }),
      source: "csms",
      lease: { durationMs: 60_000, afterwards: { limitA: null, powerW: 11_000 } },
    });
  });

  it("is taken back for one source alone", async () => {
    await using server = await startServer(aFrame());
    await server.app.inject({ method: "DELETE", url: `${LIMIT}?source=flow` });
    expect(server.control.sent[0]?.payload).toEqual({ ...setLimit(null), source: "flow" });
  });

  it("returns to the sealed one when it is deleted", async () => {
    await using server = await startServer(aFrame());
    const answer = await server.app.inject({ method: "DELETE", url: LIMIT });
    expect(answer.statusCode).toBe(200);
    expect(server.control.sent[0]?.payload).toEqual(setLimit(null));
  });

  it("says when control clamped it to the sealed one", async () => {
    await using server = await startServer(aFrame());
    server.control.answer(async () => ({ outcome: "clamped", reason: "sealed limit 63 A" }));
    const answer = await put(server, { limitA: 400 });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ outcome: "clamped", reason: "sealed limit 63 A" });
  });

  it.each([
    ["nothing", {}],
    ["a negative current", { limitA: -1 }],
    ["more than any fuse", { limitA: 10_001 }],
    ["a current as text", { limitA: "40" }],
    ["a missing phase", { limitA: { L1: 1, L2: 1 } }],
    ["a phase too many", { limitA: { L1: 1, L2: 1, L3: 1, N: 1 } }],
    ["an unknown field", { limitA: 40, until: "tomorrow" }],
    ["no time at all", { limitA: 40, durationS: 0, afterwardsA: 10 }],
    ["a lease for ever", { limitA: 40, durationS: 1e9, afterwardsA: 10 }],
    ["a limit in the name of the installer", { limitA: 40, source: "sealed" }],
    ["a power followed by a current", { powerW: 4000, durationS: 60, afterwardsA: 10 }],
    ["a lease with nothing afterwards", { limitA: 40, durationS: 60 }],
    ["an afterwards without a lease", { limitA: 40, afterwardsA: 10 }],
  ])("refuses %s", async (_name, payload) => {
    await using server = await startServer(aFrame());
    const answer = await put(server, payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: "invalid-request" });
    expect(server.control.sent).toEqual([]);
  });

  it("names every field that is wrong", async () => {
    await using server = await startServer(aFrame());
    const { problems } = (await put(server, { limitA: 40, durationS: 0, afterwardsA: -3 })).json();
    const paths = problems.map((each: { path: string }) => each.path);
    expect(paths).toEqual(expect.arrayContaining(["body/durationS", "body/afterwardsA"]));
  });

  it("is not found for an unknown circuit", async () => {
    await using server = await startServer(aFrame());
    const answer = await server.app.inject({
      method: "PUT",
      url: "/api/v1/circuits/none/limit",
      payload: { limitA: 1 },
    });
    expect(answer.json()).toMatchObject({ status: 404, code: "not-found" });
  });

  it("changes when the ETag is the one last read", async () => {
    await using server = await startServer(aFrame());
    const { etag } = (await server.app.inject(LIMIT)).headers;
    expect((await put(server, { limitA: 40 }, { "if-match": `${etag}` })).statusCode).toBe(200);
  });

  it("does not change when somebody else changed it in between", async () => {
    await using server = await startServer(aFrame());
    const { etag } = (await server.app.inject(LIMIT)).headers;
    server.control.publish(aFrame({ circuits: [aCircuit({ id: "panel-a", limitSource: "operating" })] }));
    for (const method of ["PUT", "DELETE"] as const) {
      const answer = await server.app.inject({
        method,
        url: LIMIT,
        headers: { "if-match": `${etag}` },
        ...(method === "PUT" ? { payload: { limitA: 40 } } : {}),
      });
      expect(answer.json()).toMatchObject({ status: 412, code: "changed-meanwhile" });
    }
    expect(server.control.sent).toEqual([]);
  });

  it("keeps its ETag while a rule plans another power each cycle, not when somebody sets one", async () => {
    await using server = await startServer(aFrame());
    const etagWith = async (over: Partial<LiveCircuit>) => {
      server.control.publish(aFrame({ circuits: [aCircuit({ id: "panel-a", ...over })] }));
      return (await server.app.inject(LIMIT)).headers["etag"];
    };
    const planned = { powerSource: "demand-slot", evPowerSource: "grid-operator" } as const;
    const before = await etagWith({ ...planned, powerW: 70_000, evPowerW: 9000 });
    expect(await etagWith({ ...planned, powerW: 69_000, evPowerW: 9100 })).toBe(before);
    const set = await etagWith({ powerSource: "flow", powerW: 70_000 });
    expect(await etagWith({ powerSource: "flow", powerW: 69_000 })).not.toBe(set);
  });

  it("keeps its ETag while only the load changes", async () => {
    await using server = await startServer(aFrame());
    const before = (await server.app.inject(LIMIT)).headers["etag"];
    const circuits = aFrame().circuits.map((circuit) => ({ ...circuit, buildingA: [55, 55, 55] as const }));
    server.control.publish(aFrame({ circuits }));
    expect((await server.app.inject(LIMIT)).headers["etag"]).toBe(before);
  });
});

describe("control as the API finds it", () => {
  it("refuses a command with a reason", async () => {
    await using server = await startServer(aFrame());
    server.control.answer(async () => ({ outcome: "refused", reason: "not now" }));
    expect((await put(server, { limitA: 40 })).json()).toMatchObject({
      status: 409,
      code: "command-refused",
      detail: "not now",
    });
  });

  it("is unreachable: nothing is sent", async () => {
    await using server = await startServer(aFrame());
    server.control.disconnect();
    expect((await put(server, { limitA: 40 })).json()).toMatchObject({ status: 503, code: "control-unreachable" });
    expect(server.control.sent).toEqual([]);
  });

  it("goes away while a command is under way", async () => {
    await using server = await startServer(aFrame());
    server.control.answer(() => Promise.reject(new Error("socket closed")));
    expect((await put(server, { limitA: 40 })).json()).toMatchObject({
      code: "control-unreachable",
      detail: "socket closed",
    });
  });

  it("does not answer before the deadline", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      await using server = await startServer(aFrame());
      const asked = Promise.withResolvers<void>();
      server.control.answer(() => {
        asked.resolve();
        return new Promise(() => {});
      });
      const pending = put(server, { limitA: 40 });
      await asked.promise;
      await vi.advanceTimersByTimeAsync(server.control.sent[0]?.deadlineMs ?? 0);
      expect((await pending).json()).toMatchObject({ status: 504, code: "control-timeout" });
    } finally {
      vi.useRealTimers();
    }
  });

  it("stops and releases all charging", async () => {
    await using server = await startServer(aFrame());
    for (const isStopped of [true, false]) {
      await server.app.inject({ method: "POST", url: "/api/v1/emergency-stop", payload: { isStopped } });
    }
    expect(server.control.sent.map((command) => command.payload)).toEqual([
      { type: "emergency-stop", isStopped: true },
      { type: "emergency-stop", isStopped: false },
    ]);
  });

  it("is not stopped by a body that does not say so", async () => {
    await using server = await startServer(aFrame());
    const answer = await server.app.inject({
      method: "POST",
      url: "/api/v1/emergency-stop",
      payload: { isStopped: "yes" },
    });
    expect(answer.statusCode).toBe(400);
    expect(server.control.sent).toEqual([]);
  });
});
