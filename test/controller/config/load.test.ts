import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadSiteFile, type LoadedSite } from "#controller/config/load.ts";
import { TEST_FACTS } from "./facts.ts";

const GOOD = readFileSync(join(import.meta.dirname, "good.yaml"), "utf8");

const load = (text: string) => loadSiteFile(text, "site.yaml", TEST_FACTS);

const loaded = (text: string): LoadedSite => {
  const result = load(text);
  if (result.loaded === null) throw new Error(result.problems.map((p) => p.what).join("; "));
  return result.loaded;
};

const change = (from: string, to: string): string => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

describe("a sound site file", () => {
  it("has no problems", () => {
    expect(load(GOOD).problems).toEqual([]);
  });

  it("becomes a site with the defaults of schema and profiles filled in", () => {
    const { site } = loaded(GOOD);
    expect(site).toMatchObject({ id: "depot-7", nominalVoltageV: 230, cycleMs: 1000, exportCreditA: 0 });
    expect(site.circuits[1]).toEqual({
      id: "panel-a",
      name: "panel-a",
      parent: "grid",
      sealedA: [63, 63, 63],
      sealedPowerW: null,
      generatorA: null,
      reserveA: 0,
      largestStepA: [0, 0, 0],
      maxImbalanceA: null,
      meter: null,
      fallbackLoadA: [0, 0, 0],
      worstLoadA: [0, 0, 0],
      otherLoadA: [0, 0, 0],
    });
    expect(site.evses[1]).toEqual({
      id: "bay-02/1",
      station: "bay-02",
      number: 1,
      circuit: "panel-a",
      phases: ["L2", "L3", "L1"],
      minA: 6,
      maxA: 16,
      stepA: 1,
      priority: 0,
      weight: 1,
      failsafeA: 6,
      powerOnA: 16,
    });
    expect(site.stations[0]).toMatchObject({ watchdogMs: 30_000, reactionMs: 5000, measuresCurrent: true });
    expect(site.meters).toEqual([{ id: "main", measures: "all", circuit: "grid", intervalMs: 500 }]);
  });

  it("tells how each device is reached, with what it leaves out taken from the profile", () => {
    const { devices, mqttPort, emergencyStop } = loaded(GOOD);
    expect(devices.stations.get("bay-01")).toEqual({
      transport: "modbus-tcp",
      profile: "acme-22",
      host: "192.0.2.21",
      port: 502,
      unitId: 1,
    });
    expect(devices.meters.get("main")).toMatchObject({ path: "/dev/ttyUSB0", baudRate: 9600, framing: "8N1" });
    expect(mqttPort).toBe(1883);
    expect(emergencyStop).toBeNull();
  });

  it("lists circuits parents first, in whatever order they are written", () => {
    const panel = "  - { id: panel-a, parent: grid, limitA: 63, dedicated: true }\n";
    const text = GOOD.replace(panel, "").replace("circuits:\n", `circuits:\n${panel}`);
    expect(loaded(text).site.circuits.map((c) => c.id)).toEqual(["grid", "panel-a"]);
  });

  it("takes a limit per phase", () => {
    const { site } = loaded(change("limitA: 160", "limitA: { L1: 160, L2: 150, L3: 140 }"));
    expect(site.circuits[0]?.sealedA).toEqual([160, 150, 140]);
  });

  it("takes the lower of grid contract and transformer as its power, and the generator's own limit", () => {
    const { site, generator } = loaded(
      `${change("limitA: 160,", "limitA: 160, limitKw: 90, transformerKva: 80, generatorLimitA: 60,")}generator: { mqttTopic: g }\n`,
    );
    expect(site.circuits[0]).toMatchObject({ sealedPowerW: 80_000, generatorA: [60, 60, 60] });
    expect(generator).toEqual({ mqttTopic: "g", url: null });
  });

  it("takes what the grid operator and the grid contract say of power, with their defaults", () => {
    const { gridOperator, demand } = loaded(
      `${GOOD}gridOperator: { contactTopic: dim, lpc: true, heartbeatTopic: beat }\ndemand: { contractKw: 50 }\n`,
    );
    expect(gridOperator).toEqual({
      devices: 2,
      contact: { mqttTopic: "dim", url: null },
      lpc: { failsafeW: null, minimumMs: 7_200_000, limit: null, heartbeat: { mqttTopic: "beat", url: null } },
    });
    expect(demand).toEqual({ slotMs: 900_000, contractW: 50_000 });
    expect(loaded(GOOD)).toMatchObject({ gridOperator: null, demand: null });
  });

  it("assumes the worst load while the meter is lost when no fallback load is stated", () => {
    const { site } = loaded(change("fallbackLoadA: 60, ", ""));
    expect(site.circuits[0]?.fallbackLoadA).toEqual([80, 80, 80]);
  });

  it("counts an EVSE after a power cut at what its profile says", () => {
    const { site } = loaded(GOOD.replaceAll("acme-22", "acme-plain").replaceAll(", failsafeA: 6", ""));
    expect(site.evses.map((evse) => evse.powerOnA)).toEqual([0, 0]);
  });

  it("may keep a limit that looks like a slip when the installer confirms it", () => {
    const text = change("limitA: 63,", "limitA: 630, confirmLargeLimit: true,");
    expect(loaded(text).site.circuits[1]?.sealedA).toEqual([630, 630, 630]);
  });

  it("may run with an unproven fallback that the installer accepted, with a warning", () => {
    const result = load(change("worstLoadA: 80", "worstLoadA: 130, acceptUnproven: true"));
    expect(result.loaded?.acceptedUnproven).toEqual(new Set(["grid"]));
    expect(result.problems.map((p) => [p.severity, p.path])).toEqual([["warning", "circuits[0].acceptUnproven"]]);
  });

  it("cannot be made to run with a disproven fallback by accepting it", () => {
    const text = GOOD.replaceAll("failsafeA: 6", "failsafeA: 16").replace(
      "worstLoadA: 80",
      "worstLoadA: 130, acceptUnproven: true",
    );
    expect(load(text).loaded).toBeNull();
  });

  it("may have a reserve below what its largest step asks for, with a warning that says how much it should be", () => {
    const result = load(change("reserveA: 12", "reserveA: 12, largestStepA: 40"));
    expect(result.loaded?.site.circuits[0]?.largestStepA).toEqual([40, 40, 40]);
    expect(result.problems.map((p) => [p.severity, p.path, p.remedy])).toEqual([
      ["warning", "circuits[0].reserveA", "raise reserveA to 20, or correct largestStepA"],
    ]);
    expect(load(change("reserveA: 12", "reserveA: 20, largestStepA: 40")).problems).toEqual([]);
  });

  it("may have a limit on the generator above its fuse, with a warning", () => {
    const result = load(`${change("limitA: 63,", "limitA: 63, generatorLimitA: 80,")}generator: { mqttTopic: g }\n`);
    expect(result.problems.map((p) => [p.severity, p.path])).toEqual([["warning", "circuits[1].generatorLimitA"]]);
  });

  it("may have a child circuit rated above its parent, with a warning", () => {
    const result = load(change("limitA: 63", "limitA: 170"));
    expect(result.problems.map((p) => [p.severity, p.path])).toEqual([["warning", "circuits[1].limitA"]]);
    expect(result.loaded).not.toBeNull();
  });
});

describe("any text at all", () => {
  it("is answered with a site or with an error, and nothing is thrown", () => {
    const edit = fc.tuple(fc.nat(GOOD.length), fc.nat(20), fc.string({ maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
        const text = edits.reduce((t, [at, cut, put]) => t.slice(0, at) + put + t.slice(at + cut), GOOD);
        const result = load(text);
        expect(result.loaded === null).toBe(result.problems.some((p) => p.severity === "error"));
      }),
      { numRuns: 300 },
    );
  });

  it("is refused unread when it is longer than a million characters", () => {
    expect(load("# ".repeat(600_000)).problems[0]?.what).toContain("more than 1000000 characters");
  });

  it("cannot unfold into a huge one", () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`);
    expect(load(`a0: &a0 [x]\n${levels.join("\n")}\n`).problems).toHaveLength(20);
  });
});
