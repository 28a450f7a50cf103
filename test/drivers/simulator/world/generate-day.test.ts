import { describe, expect, it } from "vitest";
import { checkDay } from "#drivers/simulator/day-schema.ts";
import { worldInputs } from "#drivers/simulator/world/day-file.ts";
import { type DayPlan, generateDay } from "#drivers/simulator/world/generate-day.ts";
import { advance, createWorld, trueCurrents } from "#drivers/simulator/world/world.ts";

const PLAN: DayPlan = {
  id: "test-day",
  seed: 5,
  site: {
    circuits: [{ id: "site", parent: null, limitA: { L1: 100, L2: 100, L3: 63 } }],
    stations: Array.from({ length: 10 }, (_, i) => ({
      id: `S${i}`,
      circuit: "site",
      phases: ["L2", "L3", "L1"] as const,
      minA: 6,
      maxA: 32,
      stepA: 1,
    })),
  },
  buildings: [{ circuit: "site", nightA: 10, dayA: 40, hasLiftAndKitchen: true }],
  occupancy: 1,
};

describe("the generator of days", () => {
  it("gives the same day for the same seed and another for another", () => {
    expect(generateDay(PLAN)).toEqual(generateDay(PLAN));
    expect(generateDay({ ...PLAN, seed: 6 }).sessions).not.toEqual(generateDay(PLAN).sessions);
  });

  it("writes the day-file format", () => {
    expect(checkDay(JSON.parse(JSON.stringify(generateDay(PLAN))))).toHaveProperty("day");
  });

  it("brings more cars by nine than the site can charge", () => {
    const present = generateDay(PLAN).sessions.filter(
      ({ arrivalPeriod, departurePeriod }) => arrivalPeriod <= 540 && departurePeriod > 540,
    );
    const wantedA = present.reduce((sum, { maxA, phases }) => sum + maxA * phases, 0);
    expect(wantedA).toBeGreaterThan(263 - 3 * 40);
  });

  it("lets every car get what it wants in its stay if it were alone", () => {
    for (const session of generateDay(PLAN).sessions) {
      const hours = (session.departurePeriod - session.arrivalPeriod) / 60;
      expect(session.requestedWh).toBeLessThanOrEqual(hours * session.maxA * session.wattsPerAmp);
    }
  });
});

describe("a day file", () => {
  it("becomes a world with its building load and its wiring", () => {
    const day = generateDay(PLAN);
    const { site, sessions, building } = worldInputs(day);
    const world = createWorld(site, sessions, building, 12 * 3_600_000);
    advance(world, 12 * 3_600_000 + 1000);
    expect(trueCurrents(world, "site", "building")[1]).toBe(day.baseLoadA["site"]?.L2[720]);
    expect(world.evses[0]?.spec.phases).toEqual(["L2", "L3", "L1"]);
  });

  it("is refused with the path of every problem", () => {
    const check = checkDay({ ...generateDay(PLAN), periodS: 0, sessions: [{ id: 1 }] });
    expect("problems" in check ? check.problems.join("\n") : "").toMatch(/periodS:[^]*sessions\[0\]/);
  });
});
