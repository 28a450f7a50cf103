import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensurePage } from "#controller/api/page-build.ts";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));
const MAX_SCRIPT_BYTES = 150_000;

describe("the built page", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "headroom-build-"));
    await cp(join(PROJECT, "dashboards", "web"), join(root, "dashboards", "web"), { recursive: true });
    for (const file of ["tsconfig.json", "package.json"]) await cp(join(PROJECT, file), join(root, file));
    await symlink(join(PROJECT, "node_modules"), join(root, "node_modules"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const placeEarlierBuild = async (builtAt: Date): Promise<string> => {
    const file = join(root, "dist", "page", "index.html");
    await mkdir(join(root, "dist", "page"), { recursive: true });
    await writeFile(file, "earlier build");
    await utimes(file, builtAt, builtAt);
    return file;
  };

  it("is built when it is missing, below 150 kB of compressed script, with nothing inline and no path of the machine", async () => {
    const page = await ensurePage(root);
    expect(page).toBe(join(root, "dist", "page"));
    const html = await readFile(join(page, "index.html"), "utf8");
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=/);
    const assets = await readdir(join(page, "assets"));
    const scripts = await Promise.all(
      assets.filter((name) => name.endsWith(".js")).map((name) => readFile(join(page, "assets", name))),
    );
    expect(scripts).not.toEqual([]);
    expect(scripts.reduce((sum, script) => sum + gzipSync(script).length, 0)).toBeLessThan(MAX_SCRIPT_BYTES);
    expect(scripts.filter((script) => script.includes("dashboards/web"))).toEqual([]);
    expect(await readdir(join(root, "dist"))).toEqual(["page"]);
  });

  it("says where it cannot be built and what to do", async () => {
    await writeFile(join(root, "dashboards", "web", "src", "main.tsx"), 'import "./nowhere.ts";');
    await expect(ensurePage(root)).rejects.toThrow(
      new RegExp(
        `^The page cannot be built in ${root}/dist/page: [^]*Run \`npm run page\` once as the owner of ${root}`,
      ),
    );
  });

  it("is left alone when it is newer than every source", async () => {
    const file = await placeEarlierBuild(new Date("2100-01-01"));
    await ensurePage(root);
    expect(await readFile(file, "utf8")).toBe("earlier build");
  });

  it("is built anew when a source is newer", async () => {
    const file = await placeEarlierBuild(new Date("2000-01-01"));
    await ensurePage(root);
    expect(await readFile(file, "utf8")).toContain('id="app"');
  });

  it("is left alone where the sources are not shipped", async () => {
    const file = await placeEarlierBuild(new Date("2000-01-01"));
    await rm(join(root, "dashboards"), { recursive: true });
    await ensurePage(root);
    expect(await readFile(file, "utf8")).toBe("earlier build");
  });
});
