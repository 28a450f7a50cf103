import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { loadProfiles } from "#drivers/profiles/load.ts";

const shipped = join(import.meta.dirname, "../../drivers/profiles");
const idsIn = (folder: string): readonly string[] =>
  readdirSync(join(shipped, folder)).map((file) => file.replace(/\.yaml$/, ""));
const profiles = loadProfiles();

const temporary = mkdtempSync(join(tmpdir(), "profiles-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

type Sample = { readonly folder: "stations" | "meters" | "inverters"; readonly file: string; readonly text: string };

const load = ({ folder, file, text }: Sample): ReturnType<typeof loadProfiles> => {
  const root = mkdtempSync(join(temporary, "sample-"));
  mkdirSync(join(root, "stations"));
  mkdirSync(join(root, "meters"));
  mkdirSync(join(root, "inverters"));
  writeFileSync(join(root, folder, file), text);
  return loadProfiles(root);
};

const station = readFileSync(join(shipped, "stations/keba-p30.yaml"), "utf8");
const meter = readFileSync(join(shipped, "meters/eastron-sdm630.yaml"), "utf8");
const inverter = readFileSync(join(shipped, "inverters/sma-storage-pv.yaml"), "utf8");

/** A shipped profile with one piece of its text replaced; the piece must be there, so that no sample is refused for nothing. */
const broken = (text: string, from: string, to: string): string => {
  if (!text.includes(from)) throw new Error(`the sample no longer contains ${from}`);
  return text.replace(from, to);
};

const stationWith = (from: string, to: string): Sample => ({
  folder: "stations",
  file: "keba-p30.yaml",
  text: broken(station, from, to),
});

const meterWith = (from: string, to: string): Sample => ({
  folder: "meters",
  file: "eastron-sdm630.yaml",
  text: broken(meter, from, to),
});

const inverterWith = (from: string, to: string): Sample => ({
  folder: "inverters",
  file: "sma-storage-pv.yaml",
  text: broken(inverter, from, to),
});

describe("the profiles that ship", () => {
  test.each(idsIn("stations"))("station %s loads, takes a setpoint and knows a state for everything", (id) => {
    const profile = profiles.stations.get(id);
    expect(profiles.problems.filter((problem) => problem.startsWith(`stations/${id}.yaml`))).toEqual([]);
    expect(profile?.id).toBe(id);
    expect(profile?.control.setCurrent.map(({ value }) => value)).toContain("amps");
    expect(profile?.reading.state.at(-1)?.when).toBeUndefined();
    const currents = profile?.reading.currentA ?? [];
    expect(Object.keys(profile?.points ?? {})).toEqual(expect.arrayContaining([...currents]));
    expect(profile?.control.pause).not.toHaveLength(0);
  });

  test.each(idsIn("meters"))("meter %s loads and measures the current of every phase", (id) => {
    const profile = profiles.meters.get(id);
    expect(profiles.problems.filter((problem) => problem.startsWith(`meters/${id}.yaml`))).toEqual([]);
    expect(profile?.id).toBe(id);
    const currents = profile?.reading.currentA ?? [];
    expect(new Set(currents).size).toBe(3);
    expect(Object.keys(profile?.points ?? {})).toEqual(expect.arrayContaining([...currents]));
  });

  test.each(idsIn("inverters"))("inverter %s loads and says what its solar generator gives", (id) => {
    const profile = profiles.inverters.get(id);
    expect(profiles.problems.filter((problem) => problem.startsWith(`inverters/${id}.yaml`))).toEqual([]);
    expect(profile?.id).toBe(id);
    expect(Object.keys(profile?.points ?? {})).toEqual(expect.arrayContaining(profile?.reading.pvPowerW ?? ["?"]));
  });

  test("leave out no file", () => {
    expect([...profiles.stations.keys()].toSorted()).toEqual(idsIn("stations").toSorted());
    expect([...profiles.meters.keys()].toSorted()).toEqual(idsIn("meters").toSorted());
    expect([...profiles.inverters.keys()].toSorted()).toEqual(idsIn("inverters").toSorted());
    expect(profiles.problems).toEqual([]);
  });

  test("carry the defaults of the schema", () => {
    expect(profiles.stations.get("keba-p30")?.maxEvses).toBe(1);
  });
});

describe("a profile is refused, with its file and path, when", () => {
  test.each<readonly [string, Sample, string]>([
    ["it is no YAML", stationWith("kind: station", "kind: [station"), "stations/keba-p30.yaml: "],
    ["a key is unknown", stationWith("powerOnA: max", "powerOnA: max\n  vendor: x"), "/control/vendor: unknown key"],
    ["a key is missing", stationWith("  powerOnA: max\n", ""), "/control: must have required properties powerOnA"],
    ["a unit is left out of a name", stationWith("offeredA:", "offered:"), "/reading/offered: unknown key"],
    [
      "an address has no table",
      stationWith("state: { table: holding,", "state: {"),
      "/points/state: must have required properties table",
    ],
    [
      "a table does not exist",
      stationWith("state: { table: holding", "state: { table: register"),
      "/points/state/table: must be one of holding",
    ],
    [
      "a type does not exist",
      meterWith("address: 52, type: float32", "address: 52, type: float16"),
      "/points/power/type: must be one of bool",
    ],
    [
      "an address is out of range",
      meterWith("address: 52", "address: 65536"),
      "/points/power/address: must be <= 65535",
    ],
    [
      "YAML takes a framing for a number",
      meterWith("framing: 8N1", "framing: 8E1"),
      "/transports/modbus-rtu/framing: must be one of 8N1",
    ],
    [
      "its id is not the file's name",
      stationWith("id: keba-p30", "id: keba-p20"),
      "/id: must be the file's name, keba-p30",
    ],
    [
      "a reading names no point",
      stationWith("powerW: power", "powerW: wattage"),
      "/reading/powerW: there is no point wattage",
    ],
    [
      "a state rule names no point",
      stationWith("when: { state: [4] }", "when: { stat: [4] }"),
      "/reading/state/1/when: there is no point stat",
    ],
    [
      "a write names no point",
      stationWith("point: enable, value: 0", "point: disable, value: 0"),
      "/control/pause/0/point: there is no point disable",
    ],
    [
      "it writes what is only read",
      stationWith("point: enable, value: 0", "point: power, value: 0"),
      "/control/pause/0/point: power cannot be written",
    ],
    [
      "it reads what is only written",
      stationWith("offeredA: activeLimit", "offeredA: setpoint"),
      "/reading/offeredA: setpoint cannot be read",
    ],
    ["nothing uses a point", stationWith("  powerW: power\n", ""), "/points/power: nothing uses it"],
    [
      "a point can be written without need",
      stationWith("address: 1000, type: uint32", "address: 1000, type: uint32, writeWith: 16"),
      "/points/state: can be written",
    ],
    [
      "one register's function writes two",
      stationWith("address: 5004, type: uint16", "address: 5004, type: uint32"),
      "/points/setpoint: cannot be written with 6",
    ],
    [
      "a string has no length",
      stationWith("address: 1000, type: uint32", "address: 1000, type: string"),
      "/points/state: a string needs a length",
    ],
    [
      "a point's transport is missing",
      stationWith("modbus-tcp: { port: 502, unitId: 255 }", "mqtt: { prefix: keba }"),
      "/points/state: its transport is missing",
    ],
    ["no rule catches the rest", stationWith("    - { is: F }\n", ""), "/reading/state: the last rule"],
    [
      "a rule follows the one that catches all",
      stationWith("- { when: { state: [3] }, is: C }", "- { is: C }"),
      "/reading/state: the last rule",
    ],
    [
      "no write carries the setpoint",
      stationWith("value: amps", "value: 6"),
      "/control/setCurrent: no write has the value amps",
    ],
    [
      "a value has no meaning",
      stationWith("value: failsafe-amps", "value: failsafe-current"),
      "/watchdog/arm/0/value: failsafe-current is no number",
    ],
    [
      "a watchdog fed by a write has no feed",
      stationWith("fedBy: any-request", "fedBy: write"),
      "/watchdog/feed: goes with fedBy write",
    ],
    [
      "it is fed too rarely",
      stationWith("timeoutMs: 30000", "timeoutMs: 30000\n  everyMs: 15000"),
      "/watchdog/everyMs: must be below half",
    ],
    [
      "a sign has no power to follow",
      meterWith("  phasePowerW: [powerL1, powerL2, powerL3]\n", ""),
      "/reading/currentSign: by-power needs phasePowerW",
    ],
    [
      "a battery only gives",
      inverterWith("  batteryPowerW: batteryCharge\n", ""),
      "/reading/batteryDischargePowerW: needs batteryPowerW",
    ],
    [
      "solar power names no point",
      inverterWith("[pvPower1, pvPower2, pvPower3]", "[pvPower1, pvPower2, pvPower3, pvPower4]"),
      "/reading/pvPowerW: there is no point pvPower4",
    ],
  ])("%s", (_, sample, problem) => {
    const loaded = load(sample);
    expect(loaded.problems.join("\n")).toContain(problem);
    expect(loaded.stations.size + loaded.meters.size + loaded.inverters.size).toBe(0);
  });

  test("many things are wrong with it at once, all of them named", () => {
    const text = Array.from({ length: 12 }, (_, i) => `extra${i}: 1`).join("\n");
    const { problems } = load({ folder: "stations", file: "keba-p30.yaml", text: `${station}${text}\n` });
    expect(problems).toHaveLength(12);
  });
});
