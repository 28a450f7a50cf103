import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { describe, it } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** The peer for want of which a suite was skipped. */
    missingPeer?: string;
  }
}

/** Servers live here and are often not on an ordinary user's PATH. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/usr/bin"];

/** Peers that are Python modules: found where an interpreter can import them. */
const PYTHON_MODULES: ReadonlySet<string> = new Set(["pymodbus"]);

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const candidates = (command: string): readonly string[] => {
  if (isAbsolute(command)) return [command];
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...SYSTEM_FOLDERS];
  return folders.filter((folder) => folder !== "").map((folder) => join(folder, command));
};

const canImport = (python: string, module: string): boolean =>
  spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0;

/**
 * Path of a peer's program, or null when this machine has none. For a peer that is a Python module (`pymodbus`) it is the
 * interpreter that can import it.
 */
export const findPeer = (command: string): string | null => {
  if (!PYTHON_MODULES.has(command)) return candidates(command).find(isExecutable) ?? null;
  const pythons = new Set(candidates("python3").filter(isExecutable));
  return [...pythons].find((python) => canImport(python, command)) ?? null;
};

/** Whether a missing peer is a failure: where tests run unattended, nothing may be skipped in silence. */
const mustHavePeers = (): boolean => !["", "0", "false"].includes(process.env["CI"] ?? "");

/**
 * A suite that needs a real peer and gets its path. Without the peer it is skipped under the peer's name, which the test
 * run lists at its end; with `CI` set it fails.
 */
export const describeWithPeer = (command: string, name: string, body: (path: string) => void): void => {
  const path = findPeer(command);
  if (path !== null) {
    describe(name, () => {
      body(path);
    });
  } else if (mustHavePeers()) {
    describe(name, () => {
      it(`needs ${command}`, () => {
        throw new Error(`${command} is not installed on this machine`);
      });
    });
  } else {
    describe.skip(name, () => {
      it(`needs ${command}`, { meta: { missingPeer: command } }, () => {});
    });
  }
};
