import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cannotWait } from "#controller/allocation/strategies/deferral.ts";
import { checkInstant } from "#controller/cases/check.ts";
import type { InstantCase } from "#controller/cases/schema.ts";
import { runAllocate } from "#controller/cli/allocate.ts";
import { STRATEGY_NAMES } from "#controller/model/strategy.ts";
import { instant } from "#controller/model/time.ts";

const ROOT = join(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const GUIDE = read("docs/allocation.md");

const withoutPadding = (text: string): string => text.replaceAll(/ +/g, " ");

/** Every command of the page with the block of output that follows it. */
const EXAMPLES = [
  ...GUIDE.matchAll(/```sh\nnpm run -s headroom -- allocate (.*)\n```\n\n```(?:json|text)\n([^]*?)```/g),
].map(([, command = "", output = ""]) => ({ command, output }));

async function* linesOf(path: string): AsyncGenerator<string> {
  for (const line of read(path).trimEnd().split("\n")) yield await Promise.resolve(line);
}

const run = async (command: string): Promise<string> => {
  const [argv = "", input = ""] = command.split(" < ");
  let stdout = "";
  const code = await runAllocate(argv.split(" "), {
    stdout: (text) => void (stdout += text),
    stderr: (text) => expect(text).toBe(""),
    readFile: (path) => Promise.resolve(read(path)),
    lines: () => linesOf(input),
  });
  expect(code).toBe(0);
  return stdout;
};

const caseOf = (name: string): InstantCase => {
  const checked = checkInstant(JSON.parse(read(`docs/examples/${name}.json`)));
  if ("problems" in checked) throw new Error(checked.problems.join("\n"));
  return checked.value;
};

const setpointsOf = async (command: string): Promise<readonly (readonly [string, number])[]> =>
  Object.entries<number>(JSON.parse(await run(command)).setpointsA);

describe("the page on sharing the current", () => {
  it("shows every example with its command", () => {
    const shown = EXAMPLES.flatMap(({ command }) => command.match(/docs\/examples\/\S+/) ?? []);
    const stored = readdirSync(join(ROOT, "docs/examples")).map((name) => `docs/examples/${name}`);
    expect(new Set(shown)).toEqual(new Set(stored));
  });

  it.each(EXAMPLES)("shows what allocate $command prints", async ({ command, output }) => {
    const parse = (text: string): unknown => (command.startsWith("--stream") ? text : JSON.parse(text));
    expect(parse(output)).toEqual(parse(await run(command)));
  });

  it("shows input files as they are", () => {
    const inputs = [...GUIDE.matchAll(/`(docs\/examples\/\S+)`:\n\n```json\n([^]*?)```/g)];
    expect(inputs).not.toEqual([]);
    for (const [, path = "", text] of inputs) expect(text).toBe(read(path));
  });

  it.each(STRATEGY_NAMES)("says what %s does", (name) => {
    expect(GUIDE).toContain(`\n| \`${name}\``);
  });

  it("says what every reason means", () => {
    const codes = [...read("controller/model/setpoint.ts").matchAll(/code: "([a-z-]+)"/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.filter((code) => !withoutPadding(GUIDE).includes(`\n| \`${code}\` |`))).toEqual([]);
  });

  it("names files that exist", () => {
    const paths = [...GUIDE.matchAll(/`((?:controller|test|docs)\/[\w./-]+)`/g)].map(([, path = ""]) => path);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe("the pictures of that page", () => {
  it("are all shown, with words for those who cannot see them", () => {
    for (const name of readdirSync(join(ROOT, "docs/pictures"))) {
      expect(GUIDE).toMatch(new RegExp(`!\\[[^\\]]{30,}\\]\\(pictures/${name}\\)`));
      const picture = read(`docs/pictures/${name}`);
      expect(picture).toMatch(/role="img" aria-labelledby="title about"/);
      expect(picture).toMatch(/<title id="title">.+<\/title>\s+<desc id="about">.+<\/desc>/);
      expect(picture).toContain("prefers-color-scheme: dark");
    }
  });

  it("show the levels of the fair example", async () => {
    const picture = read("docs/pictures/water-filling.svg");
    const bars = [...picture.matchAll(/>(\d+) A<\/text>\s+<text[^>]*>([\w-]+)</g)].map(([, a, id]) => [id, Number(a)]);
    expect(new Map(bars as [string, number][])).toEqual(new Map(await setpointsOf("docs/examples/fair.json")));
  });

  it("show who gets what, and how much power that is, for equal shares and for most energy", async () => {
    const picture = read("docs/pictures/energy.svg");
    const phases = new Map(caseOf("energy").evs.map((vehicle) => [vehicle.id, vehicle.phases]));
    for (const strategy of ["equal-share", "most-energy"]) {
      const given = await setpointsOf(`docs/examples/energy.json --strategy ${strategy}`);
      const watts = given.reduce((sum, [id, currentA]) => sum + 230 * (phases.get(id) ?? 0) * currentA, 0);
      for (const [id, currentA] of given) expect(picture).toContain(`>${id} ${currentA} A × ${phases.get(id)}<`);
      expect(picture).toContain(`>${(watts / 1000).toFixed(1)} kW<`);
      expect(GUIDE).toContain(`${(watts / 1000).toFixed(1)} kW`);
    }
  });

  it("show what cannot wait before a deadline", () => {
    const jobs = caseOf("deadline").evs.flatMap(({ maxA, departsInS, energyRemainingWh }) => {
      if (typeof departsInS !== "number" || typeof energyRemainingWh !== "number") return [];
      const needAms = (energyRemainingWh * 3_600_000) / 690;
      return [{ rows: Int32Array.of(0), maxA, departsAt: instant(departsInS * 1000), needAms }];
    });
    const needed = [...cannotWait([jobs], Float64Array.of(32), { now: instant(0), soonMs: 300_000 }).values()];
    expect(needed.map((value) => value.toFixed(1))).toEqual(["13.2", "0.0"]);
    expect(read("docs/pictures/deadline.svg")).toContain(">13.2 A<");
    expect(GUIDE).toContain("13.2 A cannot wait");
  });

  it("show the turns of the stream", async () => {
    const picture = read("docs/pictures/turns.svg");
    expect([...picture.matchAll(/>(\d+ A)<|>(\d+) min</g)].flatMap(([, a, min]) => a ?? min)).toEqual([
      "8 A",
      "8 A",
      "8 A",
      "8 A",
      "0",
      "15",
      "30",
      "45",
      "60",
    ]);
    const served = (await run("--stream < docs/examples/turns.jsonl")).trimEnd().split("\n");
    expect(served).toEqual(["car-1", "car-1", "car-2", "car-3", "car-1"].map((id) => `{"${id}":8}`));
  });
});
