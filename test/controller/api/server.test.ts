import { describe, expect, it } from "vitest";
import { checkHost } from "#controller/api/guard.ts";
import { Problem } from "#controller/api/problem.ts";
import { startServer } from "./support/server.ts";
import { aFrame } from "../support/frames.ts";

describe("readiness", () => {
  it("is alive even when control has never reported", async () => {
    await using server = await startServer(null);
    expect((await server.app.inject("/healthz")).json()).toEqual({ status: "alive" });
  });

  it("is not ready before the first frame and says so", async () => {
    await using server = await startServer(null);
    const answer = await server.app.inject("/readyz");
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({
      status: 503,
      code: "no-frame-yet",
      type: "urn:headroom:problem:no-frame-yet",
    });
  });

  it("is ready while the newest frame is younger than three cycles", async () => {
    await using server = await startServer(null);
    server.control.publish(aFrame({ cycle: 12 }));
    server.clock.ms = 2999;
    expect((await server.app.inject("/readyz")).json()).toEqual({ status: "ready", cycle: 12, frameAgeMs: 2999 });
  });

  it("stops being ready when the newest frame is three cycles old, and is ready again with the next", async () => {
    await using server = await startServer(aFrame());
    server.clock.ms = 3000;
    expect((await server.app.inject("/readyz")).json()).toMatchObject({ status: 503, code: "frame-too-old" });
    server.control.publish(aFrame());
    expect((await server.app.inject("/readyz")).statusCode).toBe(200);
  });
});

describe("reading", () => {
  it("gives the newest frame whole", async () => {
    await using server = await startServer(aFrame());
    const answer = await server.app.inject("/api/v1/state");
    expect(answer.json()).toEqual(aFrame());
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  it("gives the structure of the site with named phases", async () => {
    await using server = await startServer(aFrame());
    const answer = await server.app.inject("/api/v1/site");
    expect(answer.json()).toMatchObject({
      id: "depot-7",
      strategy: "equal-share",
      circuits: [
        { id: "grid", meter: "main" },
        { id: "panel-a", parent: "grid", sealedA: { L1: 63, L2: 63, L3: 63 } },
      ],
      evses: [{ id: "bay-01/1", phases: ["L1", "L2", "L3"] }],
    });
  });

  it("serves the page anew each time and its hashed files for ever", async () => {
    await using server = await startServer(null);
    const page = await server.app.inject("/");
    expect(page.body).toContain("<title>page</title>");
    expect(page.headers["cache-control"]).toBe("no-cache");
    const script = await server.app.inject("/assets/index-abc123.js");
    expect(script.headers["cache-control"]).toContain("immutable");
  });

  it.each(["/api/v1/nothing", "/nothing.html", "/assets/../../package.json", "/%2e%2e/package.json"])(
    "has nothing at %s",
    async (url) => {
      await using server = await startServer(null);
      const answer = await server.app.inject(url);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ code: "not-found" });
    },
  );

  it("answers an address that cannot be decoded with a problem", async () => {
    await using server = await startServer(null);
    const answer = await server.app.inject("/api/v1/circuits/%E0%A4%A/limit");
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
  });
});

describe("strangers", () => {
  const stop = { method: "POST", url: "/api/v1/emergency-stop", payload: { isStopped: true } } as const;

  it.each(["rebound.example", "rebound.example:8080", "127.0.0.1.example", "192.0.2.1"])(
    "get nothing under the host name '%s'",
    async (host) => {
      await using server = await startServer(aFrame());
      const answer = await server.app.inject({ url: "/api/v1/state", headers: { host } });
      expect(answer.statusCode).toBe(421);
      expect(answer.json()).toMatchObject({ code: "host-not-allowed" });
    },
  );

  it("get nothing without a host name", () => {
    expect(() => checkHost(undefined)).toThrow(Problem);
  });

  it.each(["localhost:8080", "127.0.0.1", "[::1]:8080"])("are served under the loopback name %s", async (host) => {
    await using server = await startServer(aFrame());
    expect((await server.app.inject({ url: "/api/v1/state", headers: { host } })).statusCode).toBe(200);
  });

  it.each([
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://localhost:9999" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("cannot make a browser change anything with %o", async (headers) => {
    await using server = await startServer(aFrame());
    const answer = await server.app.inject({ ...stop, headers: { host: "localhost:8080", ...headers } });
    expect(answer.statusCode).toBe(403);
    expect(server.control.sent).toEqual([]);
  });

  it("do not stop the page itself", async () => {
    await using server = await startServer(aFrame());
    const headers = { host: "localhost:8080", origin: "http://localhost:8080", "sec-fetch-site": "same-origin" };
    expect((await server.app.inject({ ...stop, headers })).statusCode).toBe(200);
  });

  it.each(["/", "/healthz", "/api/v1/nothing"])("cannot frame, sniff or inject into %s", async (url) => {
    await using server = await startServer(null);
    const { headers } = await server.app.inject(url);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });
});

describe("limits of requests", () => {
  it.each(["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"])(
    "refuse the media type %s",
    async (type) => {
      await using server = await startServer(aFrame());
      const answer = await server.app.inject({
        method: "POST",
        url: "/api/v1/emergency-stop",
        headers: { "content-type": type },
        payload: '{"isStopped":true}',
      });
      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toMatchObject({ code: "unsupported-media-type" });
      expect(server.control.sent).toEqual([]);
    },
  );

  it("refuse a body above 64 KiB", async () => {
    await using server = await startServer(aFrame());
    const payload = { isStopped: true, filler: "x".repeat(64 * 1024) };
    const answer = await server.app.inject({ method: "POST", url: "/api/v1/emergency-stop", payload });
    expect(answer.json()).toMatchObject({ status: 413, code: "too-large" });
  });

  it("refuse JSON that would reach the prototype", async () => {
    await using server = await startServer(aFrame());
    const answer = await server.app.inject({
      method: "POST",
      url: "/api/v1/emergency-stop",
      headers: { "content-type": "application/json" },
      payload: '{"isStopped":true,"__proto__":{"x":1}}',
    });
    expect(answer.json()).toMatchObject({ status: 400, code: "invalid-request" });
  });

  it("end slow connections", async () => {
    await using server = await startServer(null);
    const { requestTimeout, headersTimeout, timeout } = server.app.server;
    expect({ requestTimeout, headersTimeout, timeout }).toEqual({
      requestTimeout: 10_000,
      headersTimeout: 8000,
      timeout: 15_000,
    });
  });
});
