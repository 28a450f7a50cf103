import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCheck } from "#controller/cli/check.ts";
import { exportSiteSchema } from "#controller/config/export-schema.ts";
import { TEST_FACTS } from "#test/controller/config/facts.ts";

const GOOD = readFileSync(join(import.meta.dirname, "../config/good.yaml"), "utf8");

const FILES: ReadonlyMap<string, string> = new Map([
  ["good.yaml", GOOD],
  ["bad.yaml", GOOD.replace("limitA: 63", "limtA: 63")],
  ["unproven.yaml", GOOD.replace("worstLoadA: 80", "worstLoadA: 130, acceptUnproven: true")],
]);

const run = async (...argv: readonly string[]) => {
  const said = { stdout: "", stderr: "" };
  const code = await runCheck(argv, {
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
    readFile: (path) => {
      const text = FILES.get(path);
      return text === undefined ? Promise.reject(new Error("no such file")) : Promise.resolve(text);
    },
    profiles: () => TEST_FACTS,
  });
  return { code, ...said };
};

describe("headroom check", () => {
  it("ends with 0 and prints the fallback table for a sound file", async () => {
    expect(await run("good.yaml")).toEqual({
      code: 0,
      stderr: "",
      stdout: `
Fallback when the stations hear nothing from us, failsafe currents as declared (each is read back at run time):
circuit  phase  failsafe A  load A  total A  limit A  power-on A  state
grid     L1             12      80       92      160         128  proven
grid     L2             12      80       92      160         128  proven
grid     L3             12      80       92      160         128  proven
panel-a  L1             12       0       12       63          48  proven
panel-a  L2             12       0       12       63          48  proven
panel-a  L3             12       0       12       63          48  proven

good.yaml: 0 errors, 0 warnings
`,
    });
  });

  it("ends with 1 and prints each problem with file, line, path and remedy on stdout", async () => {
    const { code, stdout } = await run("bad.yaml");
    expect(code).toBe(1);
    expect(stdout).toContain('bad.yaml:4 circuits[1].limtA: is not a known key here → did you mean "limitA"?\n');
    expect(stdout).toContain("bad.yaml: 2 errors, 0 warnings\n");
  });

  it("ends with 0 when there are only warnings", async () => {
    const { code, stdout } = await run("unproven.yaml");
    expect(code).toBe(0);
    expect(stdout).toContain("circuits[0].acceptUnproven: warning: ");
    expect(stdout).toContain("unproven.yaml: 0 errors, 1 warning\n");
  });

  it("prints the same as JSON", async () => {
    const { code, stdout } = await run("--json", "bad.yaml");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      file: "bad.yaml",
      isUsable: false,
      problems: [
        { severity: "error", line: 4, path: "circuits[1].limitA" },
        { line: 4, path: "circuits[1].limtA" },
      ],
      fallback: [],
    });
  });

  it("prints the schema", async () => {
    expect(await run("--schema")).toEqual({ code: 0, stdout: exportSiteSchema(), stderr: "" });
  });

  it.each([[[]], [["--nonsense", "good.yaml"]], [["good.yaml", "bad.yaml"]], [["--schema", "good.yaml"]]])(
    "ends with 2 and shows its usage on stderr when called as %j",
    async (argv) => {
      const { code, stdout, stderr } = await run(...argv);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain("usage: headroom check");
    },
  );

  it("ends with 2 when the file cannot be read", async () => {
    expect(await run("missing.yaml")).toEqual({
      code: 2,
      stdout: "",
      stderr: "headroom check: cannot read missing.yaml: no such file\n",
    });
  });
});
