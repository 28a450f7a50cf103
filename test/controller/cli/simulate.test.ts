import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadDay } from "#controller/apps/day-loading.ts";
import { runSimulate } from "#controller/cli/simulate.ts";
import type { Day } from "#drivers/simulator/world/day-file.ts";
import { generateDay } from "#drivers/simulator/world/generate-day.ts";

const limit = (limitA: number) => ({ L1: limitA, L2: limitA, L3: limitA });

/** Four stations on a hall that has room for two. */
const DAY: Day = generateDay({
  id: "tight",
  seed: 3,
  site: {
    circuits: [
      { id: "grid", parent: null, limitA: limit(63) },
      { id: "hall", parent: "grid", limitA: limit(14) },
    ],
    stations: Array.from({ length: 4 }, (_, i) => ({
      id: `s${i}`,
      circuit: "hall",
      phases: ["L1", "L2", "L3"] as const,
      minA: 6,
      maxA: 32,
      stepA: 1,
    })),
  },
  buildings: [{ circuit: "grid", nightA: 5, dayA: 25, hasLiftAndKitchen: false }],
  occupancy: 1,
});

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headroom-simulate-"));
  const [first, ...others] = DAY.sessions;
  await writeFile(join(folder, "tight.json"), JSON.stringify(DAY));
  await writeFile(join(folder, "cut.json"), JSON.stringify(DAY).slice(0, 500));
  await writeFile(
    join(folder, "wrong.json"),
    JSON.stringify({ ...DAY, sessions: [{ ...first, station: "nowhere", departurePeriod: 0 }, ...others] }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

const run = async (...argv: readonly string[]) => {
  const said = { stdout: "", stderr: "" };
  let realMs = 0;
  const code = await runSimulate(
    argv.map((each) => (each.endsWith(".json") ? join(folder, each) : each)),
    {
      stdout: (text) => void (said.stdout += text),
      stderr: (text) => void (said.stderr += text),
      readDay: (path) => (path === null ? Promise.resolve(DAY) : loadDay(path)),
      elapsedMs: () => (realMs += 10),
    },
  );
  return { code, ...said };
};

const simulated = async (...argv: readonly string[]) =>
  JSON.parse((await run("tight.json", "--cycle-s", "60", "--json", ...argv)).stdout) as Readonly<
    Record<string, number>
  > & {
    readonly bySession: readonly {
      readonly deliveredWh: number;
      readonly requestedWh: number;
      readonly reasons: readonly { readonly code: string; readonly share: number; readonly waitedWh: number }[];
    }[];
    readonly byCircuit: readonly { readonly id: string; readonly waitedWh: number; readonly fuse: string }[];
  };

describe("headroom simulate", () => {
  test("says under the names of day files what was delivered, without a vehicle above a limit", async () => {
    const result = await simulated();
    const deliveredWh = result.bySession.reduce((sum, session) => sum + session.deliveredWh, 0);
    expect(result["sessions"]).toBe(4);
    expect(result["deliveredWh"]).toBeGreaterThan(10_000);
    expect(Math.abs((result["deliveredWh"] ?? 0) - deliveredWh)).toBeLessThanOrEqual(4);
    expect(result["starts"]).toBeGreaterThanOrEqual(4);
    expect(result["peakSiteEvA"]).toBeLessThanOrEqual(14);
    expect(result).toMatchObject({ maxOverLimitA: 0, maxPilotOverLimitA: 0, periodsOverLimit: 0, invalidSetpoints: 0 });
  });

  test("says of every session why it got no more, and of every circuit how much energy waited for it", async () => {
    const { bySession, byCircuit } = await simulated();
    for (const { reasons } of bySession) expect(reasons.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);
    const waited = byCircuit.map(({ id, waitedWh }) => [id, waitedWh > 1000]);
    expect(waited).toEqual([
      ["grid", false],
      ["hall", true],
    ]);
    for (const { requestedWh, reasons } of bySession)
      expect(reasons.reduce((sum, { waitedWh }) => sum + waitedWh, 0)).toBeLessThanOrEqual(
        requestedWh + reasons.length,
      );
    expect(byCircuit.map(({ fuse }) => fuse)).toEqual(["kept", "kept"]);
  });

  test("tells the strategy what is known of departures, what drivers estimated, or nothing", async () => {
    const results = await Promise.all(
      [[], ["--est"], ["--blind"]].map((more) =>
        run("tight.json", "--strategy", "deadline", "--cycle-s", "60", ...more),
      ),
    );
    expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(3);
    expect(results.map(({ stdout }) => stdout.split("\n")[0])).toEqual([
      "tight: deadline, a cycle every 60 s, departures and energy are known",
      "tight: deadline, a cycle every 60 s, departures are drivers' estimates",
      "tight: deadline, a cycle every 60 s, departures and energy are not known",
    ]);
  });

  test("prints a line for every session with the reasons that held longest", async () => {
    const { stdout, code } = await run("tight.json", "--cycle-s", "60");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^maxOverLimitA +0$/m);
    expect(stdout).toMatch(/^visit-001 +s0 .*hall has no more room on L\d/m);
  });

  test("gives the same answer twice, and says on stderr alone how far it is", async () => {
    const [once, again] = [await run("tight.json", "--cycle-s", "30"), await run("tight.json", "--cycle-s", "30")];
    expect(again.stdout).toBe(once.stdout);
    expect(once.stderr).toMatch(/^headroom simulate: tight: \d+ %$/m);
  });

  test("names every problem of a file and ends with 1", async () => {
    const wrong = await run("wrong.json");
    expect(wrong).toMatchObject({ code: 1, stdout: "" });
    expect(wrong.stderr).toContain('sessions[0].station: there is no "nowhere"');
    expect(wrong.stderr).toContain("sessions[0].departurePeriod: not after arrivalPeriod");
    expect(await run("cut.json")).toMatchObject({ code: 1, stderr: expect.stringContaining("is not JSON") as string });
    expect(await run("none.json")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("cannot be read") as string,
    });
    expect(await run("tight.json", "--cycle-s", "7")).toMatchObject({
      code: 1,
      stderr: "headroom simulate: --cycle-s 7 does not divide the period of tight, 60 s\n",
    });
  });

  test.each([
    ["--strategy", "fastest"],
    ["--est", "--blind"],
    ["--cycle-s", "0"],
    ["--cycle-s", "half"],
    ["--fast"],
    ["two.json", "three.json"],
  ])("ends with 2 and its usage for %s %s", async (...argv) => {
    const { code, stderr, stdout } = await run("tight.json", ...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("usage: headroom simulate");
  });
});
