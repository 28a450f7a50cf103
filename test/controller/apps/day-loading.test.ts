import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDaySite } from "#controller/apps/day-loading.ts";
import type { Day } from "#drivers/simulator/world/day-file.ts";
import { generateDay } from "#drivers/simulator/world/generate-day.ts";

const HOUR = 3_600_000;
const limit = (limitA: number) => ({ L1: limitA, L2: limitA, L3: limitA });

const DAY: Day = generateDay({
  id: "a-day",
  seed: 2,
  site: {
    circuits: [
      { id: "panel", parent: "grid", limitA: limit(63) },
      { id: "grid", parent: null, limitA: limit(40) },
    ],
    stations: ["S1", "S2", "S3"].map((id) => ({
      id,
      circuit: "panel",
      phases: ["L1", "L2", "L3"],
      minA: 6,
      maxA: 32,
      stepA: 1,
    })),
  },
  buildings: [{ circuit: "grid", nightA: 10, dayA: 60, hasLiftAndKitchen: true }],
  occupancy: 1,
});

describe("a day file that is to be replayed", () => {
  let directory = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "day-"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const load = async (content: unknown, startMs: number | null = null) => {
    const file = join(directory, "day.json");
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
    return loadDaySite(file, startMs);
  };

  it("becomes a site, even when its building alone exceeds a limit", async () => {
    const { circuits, stations, meters } = await load(DAY);
    expect(stations).toHaveLength(3);
    expect(meters).toMatchObject([{ id: "meter-grid", circuit: "grid" }]);
    expect(circuits).toMatchObject([{ more: { dedicated: true } }, { more: { worstLoadA: limit(40) } }]);
  });

  it("begins an hour before its tightest moment, or when told", async () => {
    const sessions = DAY.sessions.map((s, i) => ({ ...s, arrivalPeriod: 600, departurePeriod: i === 0 ? 1000 : 700 }));
    const flat = { grid: { L1: Array(1440).fill(10), L2: Array(1440).fill(10), L3: Array(1440).fill(10) } };
    const day = { ...DAY, sessions, baseLoadA: flat };
    expect((await load(day)).startMs).toBe(9 * HOUR);
    expect((await load(day, 3 * HOUR)).startMs).toBe(3 * HOUR);
  });

  it("is refused in words when it cannot be read or is no JSON", async () => {
    await expect(loadDaySite(join(directory, "none.json"), null)).rejects.toThrow(/none\.json cannot be read/);
    await expect(load("{ nonsense")).rejects.toThrow(/is not JSON/);
  });

  it("is refused with every problem of its shape", async () => {
    const bare = Array.from({ length: 12 }, () => ({}));
    const words = await load({ ...DAY, periodS: 0, sessions: bare }).catch(String);
    expect(words).toContain("periodS: must be");
    expect(words).toContain("sessions[0]: must have required properties id");
    expect(words).toContain("sessions[11]: must have required properties id");
  });

  it("is refused with every place where its parts do not fit", async () => {
    const [first, second, ...others] = DAY.sessions;
    const words = await load({
      ...DAY,
      site: { ...DAY.site, circuits: DAY.site.circuits.map((circuit) => ({ ...circuit, parent: "grid" })) },
      sessions: [{ ...first, station: "nobody" }, { ...second, departurePeriod: 0 }, first, ...others],
      baseLoadA: { attic: { L1: [], L2: [], L3: [] } },
    }).catch(String);
    for (const problem of [
      'site.circuits[1].parent: "grid" feeds itself',
      "site.circuits: 0 have no parent, but a site has one grid connection",
      "baseLoadA.attic.L3: 0 values for 1440 periods",
      'sessions[0].station: there is no "nobody"',
      "sessions[1].departurePeriod: not after arrivalPeriod",
      'sessions[2].id: "visit-001" is there twice',
    ])
      expect(words).toContain(problem);
  });

  it("is refused when no site file could say it, or it is over before it begins", async () => {
    const stations = DAY.site.stations.map((station) => ({ ...station, id: `${station.id} left` }));
    const sessions = DAY.sessions.map((session) => ({ ...session, station: `${session.station} left` }));
    const words = await load({ ...DAY, site: { ...DAY.site, stations }, sessions }, 24 * HOUR).catch(String);
    expect(words).toContain("as a site, stations[2].id");
    expect(words).toContain("it ends 24.0 hours after its beginning");
  });
});
