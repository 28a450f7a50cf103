import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSessions } from "#controller/apps/sessions.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { instant } from "#controller/model/time.ts";
import { createManualClock } from "#test/support/manual-clock.ts";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const { site } = openVirtualSite(smallDay([{ phases: 3, maxA: 32 }], 100, 0));
const BOOST = { type: "set-boost", evse: "s0/1", durationMs: 60_000 } as const;

let dataDirectory = "";
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), "headroom-sessions-"));
});
afterEach(() => rm(dataDirectory, { recursive: true, force: true }));

const start = async () => {
  const warnings: string[] = [];
  const logger = pino({ level: "warn" }, { write: (line) => void warnings.push(JSON.parse(line).msg) });
  const clock = createManualClock();
  const sessions = await openSessions({ dataDirectory, site, clock, logger });
  const boosts = () => [...sessions.follow(createProcessImage(site).freeze(instant(clock.now()))).boosts.keys()];
  return { sessions, boosts, warnings };
};
const path = () => join(dataDirectory, "sessions.json");

describe("what is kept of sessions", () => {
  test("is there again after a restart", async () => {
    await (await start()).sessions.apply(BOOST);
    const { boosts, warnings } = await start();
    expect(boosts()).toEqual(["s0/1"]);
    expect(warnings).toEqual([]);
  });

  test.each([
    ["half a file", '{"sessions":['],
    ["another file", '{"limits":[]}'],
    ["a figure out of range", '{"sessions":[],"past":[],"needs":[],"boosts":[{"evse":"s0/1","endsAtWallMs":-1}]}'],
  ])("starts anew when it is damaged: %s", async (_name, text) => {
    await writeFile(path(), text);
    const { sessions, boosts, warnings } = await start();
    expect(boosts()).toEqual([]);
    expect(warnings).toEqual(["what was kept of sessions is damaged and starts anew"]);
    await sessions.apply(BOOST);
    expect(JSON.parse(await readFile(path(), "utf8")).boosts).toHaveLength(1);
  });

  test("is in force even where it cannot be kept, and says so", async () => {
    const { sessions, boosts, warnings } = await start();
    await mkdir(`${path()}.new`);
    expect(await sessions.apply(BOOST)).toMatchObject({
      outcome: "applied",
      reason: expect.stringContaining("in force, but not kept over a restart"),
    });
    expect(boosts()).toEqual(["s0/1"]);
    expect(warnings).toEqual(["sessions were not kept"]);
  });

  test("is the newest of many that were kept at once", async () => {
    const { sessions } = await start();
    await Promise.all([1000, 2000, 60_000].map((durationMs) => sessions.apply({ ...BOOST, durationMs })));
    const [boost] = JSON.parse(await readFile(path(), "utf8")).boosts;
    expect(boost.endsAtWallMs).toBe(createManualClock().wallMs() + 60_000);
  });
});
