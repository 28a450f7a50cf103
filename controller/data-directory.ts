import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";

// A Unix socket's path is shorter than 104 bytes on every system we run on.
const MAX_SOCKET_PATH = 103;

/** The directory that one running controller has for itself. */
type DataDirectory = {
  readonly path: string;
  /** Gives the directory free for another instance. */
  release(): Promise<void>;
};

/** What is needed of the process that opens it: `process` itself. */
type Host = Pick<NodeJS.Process, "pid" | "env" | "kill">;

/** Path of control's socket in a data directory. */
export const controlSocket = (dataDirectory: string): string => join(dataDirectory, "control.sock");

// A pid alone is not enough: after a power cut the same number belongs to another program.
const OwnerSchema = Type.Object({
  pid: Type.Integer({ minimum: 1, maximum: 4_194_304 }),
  startedAt: Type.String({ maxLength: 128 }),
});
type Owner = Static<typeof OwnerSchema>;
const owner = Compile(OwnerSchema);

/** When a process started, as boot and ticks since then; "" where the system does not say; null: there is no such process. */
const startOf = async (pid: number, host: Host): Promise<string | null> => {
  try {
    host.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return null;
  }
  try {
    const [boot, stat] = await Promise.all([
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
      readFile(`/proc/${pid}/stat`, "utf8"),
    ]);
    // Field 22 of proc(5); counted after the program's name, which may hold spaces.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
    return `${boot.trim()}:${ticks}`;
  } catch {
    return "";
  }
};

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

const isAlive = async ({ pid, startedAt }: Owner, host: Host): Promise<boolean> => {
  const start = await startOf(pid, host);
  if (start === null) return false;
  return start === "" || startedAt === "" || start === startedAt;
};

const readOwner = async (lock: string): Promise<Owner | null> => {
  try {
    const value: unknown = JSON.parse(await readFile(lock, "utf8"));
    return owner.Check(value) ? value : null;
  } catch {
    return null;
  }
};

const tryLink = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
};

const heldBy = (directory: string, pid: number): Error =>
  new Error(
    `Another Headroom (process ${pid}) is using ${directory}. Stop it first (kill ${pid}), or start this one with another directory: --data DIR.`,
  );

/** Moves a dead owner's lock aside; puts it back when another instance has taken over in between. */
const removeStale = async (lock: string, aside: string, host: Host): Promise<void> => {
  try {
    await rename(lock, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const moved = await readOwner(aside);
  if (moved !== null && (await isAlive(moved, host))) await tryLink(aside, lock);
  await rm(aside, { force: true });
};

const takeLock = async (directory: string, host: Host): Promise<() => Promise<void>> => {
  const lock = join(directory, "lock");
  const mine = join(directory, `lock.${host.pid}`);
  await writeFile(mine, JSON.stringify({ pid: host.pid, startedAt: (await startOf(host.pid, host)) ?? "" }), {
    mode: 0o600,
  });
  try {
    while (!(await tryLink(mine, lock))) {
      const other = await readOwner(lock);
      if (other !== null && (await isAlive(other, host))) throw heldBy(directory, other.pid);
      await removeStale(lock, `${mine}.stale`, host);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return () => rm(lock, { force: true });
};

const WHY: Readonly<Record<string, string>> = {
  EACCES: "this user has no permission to write there",
  EPERM: "this user has no permission to write there",
  EROFS: "that file system is read-only",
  ENOTDIR: "a part of that path is a file, not a directory",
  EEXIST: "that path is a file, not a directory",
  ENOSPC: "that disk is full",
};

const unusable = (directory: string, cause: unknown): Error => {
  const why = WHY[codeOf(cause)] ?? (cause instanceof Error ? cause.message : String(cause));
  return new Error(
    `The data directory ${directory} cannot be used: ${why}. Choose another with --data DIR, or change its owner.`,
    { cause },
  );
};

const defaultPath = ({ env }: Host): string => {
  const state = env["XDG_STATE_HOME"];
  if (state !== undefined && state.startsWith("/")) return join(state, "headroom");
  const home = env["HOME"];
  return home !== undefined && home.startsWith("/") ? join(home, ".local", "state", "headroom") : "data";
};

/**
 * Opens a data directory for this instance alone, made with mode 0700 where missing. Null: `$XDG_STATE_HOME/headroom`, else
 * `~/.local/state/headroom`, else `data` here. Rejects, in words for people, when it is in use or cannot be used.
 */
export const openDataDirectory = async (path: string | null, host: Host): Promise<DataDirectory> => {
  const directory = resolve(path ?? defaultPath(host));
  if (Buffer.byteLength(controlSocket(directory)) > MAX_SOCKET_PATH) {
    throw new Error(
      `The path of the data directory is too long for a socket: ${directory}. Choose a shorter one with --data DIR.`,
    );
  }
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return { path: directory, release: await takeLock(directory, host) };
  } catch (error) {
    throw codeOf(error) === "" ? error : unusable(directory, error);
  }
};
