import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlSocket, openDataDirectory } from "#controller/data-directory.ts";

const USER_NOBODY = 65_534;

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "headroom-"));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const hostWith = (env: NodeJS.ProcessEnv) => ({ pid: process.pid, kill: process.kill.bind(process), env });

const endedPid = async (): Promise<number> => {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
};

describe("a data directory", () => {
  it("is made for its owner alone", async () => {
    const { path } = await openDataDirectory(join(root, "a", "b"), process);
    expect(path).toBe(join(root, "a", "b"));
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(controlSocket(path)).toBe(join(path, "control.sock"));
  });

  it("is by default where the system keeps state", async () => {
    const state = await openDataDirectory(null, hostWith({ XDG_STATE_HOME: join(root, "state"), HOME: "/nowhere" }));
    expect(state.path).toBe(join(root, "state", "headroom"));
    const home = await openDataDirectory(null, hostWith({ XDG_STATE_HOME: "relative", HOME: root }));
    expect(home.path).toBe(join(root, ".local", "state", "headroom"));
  });

  it("refuses a second instance, naming the first and what to do", async () => {
    const first = await openDataDirectory(root, process);
    await expect(openDataDirectory(root, process)).rejects.toThrow(
      `Another Headroom (process ${process.pid}) is using ${root}. Stop it first (kill ${process.pid})`,
    );
    await first.release();
    await expect(openDataDirectory(root, process)).resolves.toBeDefined();
    expect(await readdir(root)).toEqual(["lock"]);
  });

  it("is taken over from an instance that died", async () => {
    await writeFile(join(root, "lock"), JSON.stringify({ pid: await endedPid(), startedAt: "boot:1" }));
    await openDataDirectory(root, process);
    expect(JSON.parse(await readFile(join(root, "lock"), "utf8"))).toMatchObject({ pid: process.pid });
    expect(await readdir(root)).toEqual(["lock"]);
  });

  it("is taken over when the same pid belongs to another program since, as after a power cut", async () => {
    await writeFile(join(root, "lock"), JSON.stringify({ pid: process.ppid, startedAt: "earlier-boot:1" }));
    await expect(openDataDirectory(root, process)).resolves.toBeDefined();
  });

  it.each([
    ["an empty lock", ""],
    ["a lock of nonsense", '{"pid":"one"}'],
  ])("is taken over from %s", async (_what, text) => {
    await writeFile(join(root, "lock"), text);
    await expect(openDataDirectory(root, process)).resolves.toBeDefined();
  });

  it("says in words that its path is a file", async () => {
    const file = join(root, "file");
    await writeFile(file, "");
    await expect(openDataDirectory(file, process)).rejects.toThrow(`${file} cannot be used: that path is a file`);
    await expect(openDataDirectory(join(file, "data"), process)).rejects.toThrow("a part of that path is a file");
  });

  it("says in words that there is no permission", async () => {
    await chmod(root, 0o500);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(USER_NOBODY);
    try {
      await expect(openDataDirectory(join(root, "data"), process)).rejects.toThrow("this user has no permission");
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it("refuses a path too long for a socket before anything is made", async () => {
    const long = join(root, "x".repeat(100));
    await expect(openDataDirectory(long, process)).rejects.toThrow("too long for a socket");
    expect(await readdir(root)).toEqual([]);
  });
});
