import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runAllocate } from "#controller/cli/allocate.ts";
import { STRATEGY_NAMES } from "#controller/model/strategy.ts";
import { smallCase, smallStart, smallStep } from "#test/controller/cases/small-case.ts";

const ENTRY = join(import.meta.dirname, "../../../controller/main.ts");

const misplaced = () => ({ ...smallCase(), evs: [{ id: "car-1", station: "nowhere", phases: 1, maxA: 16 }] });

const FILES: ReadonlyMap<string, string> = new Map([
  ["small.json", JSON.stringify(smallCase())],
  ["two.json", JSON.stringify([smallCase(), { ...smallCase(), id: "again" }])],
  ["one-bad.json", JSON.stringify([smallCase(), misplaced()])],
  ["bad.json", JSON.stringify({ ...misplaced(), id: 7 })],
  ["misplaced.json", JSON.stringify(misplaced())],
  ["cut.json", '{"format": '],
  ["-", JSON.stringify(smallCase())],
]);

async function* linesOf(lines: readonly unknown[]): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(typeof line === "string" ? line : JSON.stringify(line));
}

const run = async (argv: readonly string[], lines: readonly unknown[] = []) => {
  const said = { stdout: "", stderr: "" };
  const code = await runAllocate(argv, {
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
    readFile: (path) => {
      const text = FILES.get(path);
      return text === undefined ? Promise.reject(new Error("there is no such file")) : Promise.resolve(text);
    },
    lines: () => linesOf(lines),
  });
  return { code, ...said };
};

describe("headroom allocate", () => {
  it("answers one case with one result on stdout", async () => {
    const { code, stdout, stderr } = await run(["small.json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      id: "small",
      strategy: "equal-share",
      setpointsA: { "car-1": 14, "car-2": 14 },
    });
  });

  it("answers a list with a list, in its order", async () => {
    const { stdout } = await run(["two.json"]);
    expect(JSON.parse(stdout)).toMatchObject([{ id: "small" }, { id: "again" }]);
  });

  it.each([[[]], [["-"]]])("reads standard input when no file is named: %j", async (argv) => {
    expect(await run(argv)).toEqual(await run(["small.json"]));
  });

  it.each(STRATEGY_NAMES)("divides as %s when asked to", async (name) => {
    const { code, stdout } = await run(["small.json", "--strategy", name]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ strategy: name });
  });

  it("refuses text that is not JSON", async () => {
    const { code, stdout, stderr } = await run(["cut.json"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^headroom allocate: cut\.json: not JSON: /);
  });

  it("refuses a vehicle that names a missing station, with its place", async () => {
    expect(await run(["misplaced.json"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "headroom allocate: misplaced.json: /evs/0/station: there is no station 'nowhere'\n",
    });
  });

  it("refuses a value of the wrong kind, with its place", async () => {
    const { code, stderr } = await run(["bad.json"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^headroom allocate: bad\.json: \/id: /);
  });

  it("refuses a list with one bad case and says which", async () => {
    expect(await run(["one-bad.json"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "headroom allocate: case 1: /evs/0/station: there is no station 'nowhere'\n",
    });
  });

  it("ends with 2 when the file cannot be read", async () => {
    expect(await run(["missing.json"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "headroom allocate: cannot read missing.json: there is no such file\n",
    });
  });

  it.each([
    [["a.json", "b.json"]],
    [["--strategy", "fastest"]],
    [["--strategy"]],
    [["--what"]],
    [["--stream", "a.json"]],
  ])("ends with 2 and says how to use it on %j", async (argv) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^usage: headroom allocate /);
  });
});

describe("headroom allocate --stream", () => {
  const answer = `${JSON.stringify({ "car-1": 14, "car-2": 14 })}\n`;

  it("answers every step with a line of setpoints", async () => {
    const lines = [smallStart(), smallStep(0), smallStep(1)];
    expect(await run(["--stream"], lines)).toEqual({ code: 0, stdout: answer + answer, stderr: "" });
  });

  it("remembers what was decided before: a turn ends after a quarter of an hour", async () => {
    const tight = { grid: { L1: 55, L2: 55, L3: 55 } };
    const lines = [0, 14, 15].map((minute) => ({ ...smallStep(minute), baseLoadA: tight }));
    const { stdout } = await run(["--stream"], [smallStart(), ...lines]);
    expect(stdout).toBe('{"car-1":8}\n{"car-1":8}\n{"car-2":8}\n');
  });

  it("answers up to a bad line, then ends with 1 and names the line and every problem in it", async () => {
    const bad = { ...smallStep(1), timeS: "soon", evs: [{}] };
    const { code, stdout, stderr } = await run(["--stream"], [smallStart(), smallStep(0), bad, smallStep(2)]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: answer });
    expect(stderr).toContain("headroom allocate: line 3: /timeS: ");
    expect(stderr).toContain("headroom allocate: line 3: /evs/0: ");
  });

  it("names the line of a vehicle at a station that is missing", async () => {
    const { evs } = misplaced();
    expect(await run(["--stream"], [smallStart(), { ...smallStep(0), evs }])).toEqual({
      code: 1,
      stdout: "",
      stderr: "headroom allocate: line 2: /evs/0/station: there is no station 'nowhere'\n",
    });
  });

  it.each([
    ["text that is not JSON", "{"],
    ["a step before the site", smallStep(0)],
  ])("ends with 1 on a first line with %s", async (_, line) => {
    const { code, stdout, stderr } = await run(["--stream"], [line]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^headroom allocate: line 1: /);
  });
});

describe("the command headroom allocate", () => {
  it("prints a long answer to its end into a pipe", () => {
    const cases = Array.from({ length: 2000 }, () => smallCase());
    const { stdout, status } = spawnSync(process.execPath, [ENTRY, "allocate"], {
      input: JSON.stringify(cases),
      encoding: "utf8",
      maxBuffer: 64 * 2 ** 20,
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toHaveLength(cases.length);
  });
});
