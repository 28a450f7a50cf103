import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runStart } from "#controller/cli/start.ts";
import { freePort } from "#test/support/peer-process.ts";

let data = "";

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "headroom-"));
});

afterEach(() => rm(data, { recursive: true, force: true }));

const run = async (...argv: readonly string[]) => {
  let stderr = "";
  const code = await runStart(argv, {
    entry: "/nowhere/main.ts",
    signal: AbortSignal.abort(),
    logger: pino({ enabled: false }),
    host: process,
    stderr: (text) => void (stderr += text),
  });
  return { code, stderr };
};

const runSite = async (siteFile: string) =>
  run("--config", siteFile, "--data", data, "--port", String(await freePort()));

describe("headroom start", () => {
  it.each([
    [["--port", "abc"], "--port is a whole number from 1 to 65535, not 'abc'"],
    [["--port", "0"], "--port is a whole number from 1 to 65535, not '0'"],
    [["--clock-scale", "99"], "--clock-scale is a number from 1 to 30, not '99'"],
    [["--frob"], "Unknown option '--frob'"],
    [["site.yaml"], "Unexpected argument 'site.yaml'\n"],
    [["--config"], "Option '--config <value>' argument missing"],
  ])("ends with 2 when called with %j, says what is wrong and shows its usage", async (argv, what) => {
    const { code, stderr } = await run(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(`headroom start: ${what}`);
    expect(stderr).toContain("usage: headroom start");
  });

  it("ends with 0 when only its usage is wanted", async () => {
    const { code, stderr } = await run("--help");
    expect(code).toBe(0);
    expect(stderr).toMatch(/^usage: headroom start/);
  });

  it("refuses a port that another program uses, naming it and the way out", async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, "127.0.0.1", () => resolve(Number(Reflect.get(other.address() ?? {}, "port"))));
    });
    await expect(run("--data", data, "--port", String(port))).rejects.toThrow(
      `The page cannot use port ${port}: another program uses it. Stop that program, or choose another port with --port.`,
    );
    other.close();
    expect(await readdir(data)).toEqual([]);
  });

  it("says in words why a site file cannot be read, and leaves the data directory free", async () => {
    const missing = join(data, "none.yaml");
    await expect(runSite(missing)).rejects.toThrow(`The site file ${missing} cannot be read: there is no such file.`);
    await expect(runSite(data)).rejects.toThrow(`The site file ${data} cannot be read: it is a directory.`);
    expect(await readdir(data)).toEqual([]);
  });

  it("refuses a site file with errors, each with its line", async () => {
    const file = join(data, "site.yaml");
    await writeFile(file, "site: { id: a\ncircuits: [");
    await expect(runSite(file)).rejects.toThrow(/has problems:\n.*site\.yaml:\d+: .* → /);
  });
});
