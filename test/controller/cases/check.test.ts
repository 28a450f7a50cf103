import { describe, expect, it } from "vitest";
import { planCase } from "#controller/cases/case-site.ts";
import { checkInstant, checkStreamStart, checkStreamStep } from "#controller/cases/check.ts";
import type { CaseSite } from "#controller/cases/schema.ts";
import { smallCase, smallStart, smallStep } from "./small-case.ts";

type Case = ReturnType<typeof smallCase>;

const problemsOf = (spoil: (value: Case) => unknown): readonly string[] => {
  const value = smallCase();
  spoil(value);
  const checked = checkInstant(value);
  return "problems" in checked ? checked.problems : [];
};

describe("a single moment", () => {
  it("passes when every name leads somewhere, with keys beside the known ones", () => {
    const value = { ...smallCase(), optimum: { maxServed: 2 } };
    expect(checkInstant(value)).toEqual({ value });
  });

  it.each<[string, (value: Case) => unknown, readonly string[]]>([
    [
      "a vehicle at a station that is missing",
      ({ evs }) => Object.assign(evs[1] ?? {}, { station: "middle" }),
      ["/evs/1/station: there is no station 'middle'"],
    ],
    [
      "two vehicles of one name",
      ({ evs }) => Object.assign(evs[1] ?? {}, { id: "car-1" }),
      ["/evs/1/id: there is another vehicle 'car-1' before it"],
    ],
    [
      "a fixed draw that is not stated",
      ({ evs }) => Object.assign(evs[0] ?? {}, { controllable: false }),
      ["/evs/0/fixedA: must say what a vehicle that is not controllable draws"],
    ],
    [
      "a station behind a circuit that is missing",
      ({ site }) => Object.assign(site.stations[0] ?? {}, { circuit: "roof" }),
      ["/site/stations/0/circuit: there is no circuit 'roof'"],
    ],
    [
      "two stations of one name",
      ({ site, evs }) => [Object.assign(site.stations[1] ?? {}, { id: "left" }), evs.pop()],
      ["/site/stations/1/id: there is another station 'left' before it"],
    ],
    [
      "two circuits of one name",
      ({ site }) => site.circuits.push({ id: "panel", parent: "grid", limitA: { L1: 9, L2: 9, L3: 9 } }),
      ["/site/circuits/2/id: there is another circuit 'panel' before it"],
    ],
    [
      "a parent that is missing",
      ({ site }) => Object.assign(site.circuits[1] ?? {}, { parent: "main" }),
      ["/site/circuits/1/parent: there is no circuit 'main'"],
    ],
    [
      "circuits that hang behind each other",
      ({ site }) => Object.assign(site.circuits[0] ?? {}, { parent: "panel" }),
      [
        "/site/circuits/0/parent: circuit 'grid' hangs behind itself",
        "/site/circuits/1/parent: circuit 'panel' hangs behind itself",
      ],
    ],
    ["a station that lists a phase twice", ({ site }) => site.stations[0]?.phases.push("L1"), expect.anything()],
  ])("is refused for %s", (_, spoil, problems) => {
    expect(problemsOf(spoil)).toEqual(problems);
    expect(problemsOf(spoil)).not.toEqual([]);
  });

  it("is refused with every problem at once, each with its place", () => {
    const problems = problemsOf(({ site, evs }) => {
      Object.assign(site.circuits[1] ?? {}, { parent: "main" });
      for (const vehicle of evs) vehicle["station"] = "nowhere";
    });
    expect(problems).toEqual([
      "/site/circuits/1/parent: there is no circuit 'main'",
      "/evs/0/station: there is no station 'nowhere'",
      "/evs/1/station: there is no station 'nowhere'",
    ]);
  });

  it("is refused with the place of every value of a wrong kind", () => {
    const problems = problemsOf(({ evs }) => {
      Object.assign(evs[0] ?? {}, { maxA: "32" });
      Object.assign(evs[1] ?? {}, { phases: 4 });
    });
    expect(problems.map((problem) => problem.split(": ")[0])).toEqual(["/evs/0/maxA", "/evs/1/phases"]);
  });

  it.each([null, 7, "text", []])("is refused when it is no object: %j", (value) => {
    expect(checkInstant(value)).toEqual({ problems: [expect.stringMatching(/^\/: /)] });
  });
});

describe("a stream", () => {
  const started = checkStreamStart(smallStart());
  if ("problems" in started) throw new Error(started.problems.join("\n"));
  const casePlan = planCase(started.value.site);

  it("begins with a site whose names lead somewhere", () => {
    const start = smallStart();
    Object.assign(start.site.stations[0] ?? {}, { circuit: "roof" });
    expect(checkStreamStart(start)).toEqual({ problems: ["/site/stations/0/circuit: there is no circuit 'roof'"] });
  });

  it("does not begin with a step", () => {
    expect(checkStreamStart(smallStep(0))).toHaveProperty("problems");
  });

  it("goes on with steps on that site", () => {
    expect(checkStreamStep(smallStep(0), casePlan)).toEqual({ value: smallStep(0) });
  });

  it("refuses a step that names a station or a circuit the site does not have", () => {
    const load = { L1: 1, L2: 1, L3: 1 };
    const evs = [{ id: "car-3", station: "middle", phases: 1, maxA: 16 }];
    expect(checkStreamStep({ ...smallStep(0), baseLoadA: { roof: load }, evs }, casePlan)).toEqual({
      problems: ["/baseLoadA/roof: there is no circuit 'roof'", "/evs/0/station: there is no station 'middle'"],
    });
  });
});

describe("the site of a case", () => {
  it("may list circuits in any order", () => {
    const { site } = smallCase();
    const checked = checkInstant({ ...smallCase(), site: { ...site, circuits: site.circuits.toReversed() } });
    const siteOf = (value: CaseSite) => planCase(value).plan.site.circuits.map(({ id }) => id);
    expect("value" in checked && siteOf(checked.value.site)).toEqual(["grid", "panel"]);
  });
});
