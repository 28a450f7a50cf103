import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** The far end of a serial line: what is written to `path` arrives here and the other way round. */
export type SerialLine = {
  /** Path of the terminal that a master opens. */
  readonly path: string;
  onData(listener: (bytes: Buffer) => void): void;
  write(bytes: Buffer): void;
  close(): Promise<void>;
};

/** `script` (util-linux) makes the pseudo-terminal: its own pipes are one side, the terminal it names first the other. It ends when its starter is gone. */
const HOLD =
  'stty raw -echo; tty; starter=$(ps -o ppid= -p "$PPID"); while kill -0 $starter 2>/dev/null && [ "$(ps -o ppid= -p "$PPID")" = "$starter" ]; do sleep 1; done';

const readPath = (child: ChildProcess): Promise<{ path: string; rest: Buffer }> =>
  new Promise((resolve, reject) => {
    let buffer = Buffer.alloc(0);
    const fail = (): void => reject(new Error("cannot make a pseudo-terminal with `script`"));
    const read = (bytes: Buffer): void => {
      buffer = Buffer.concat([buffer, bytes]);
      const end = buffer.indexOf("\n");
      if (end < 0) return;
      child.stdout?.off("data", read);
      child.off("exit", fail);
      resolve({ path: buffer.subarray(0, end).toString().trim(), rest: buffer.subarray(end + 1) });
    };
    child.stdout?.on("data", read);
    child.once("error", fail);
    child.once("exit", fail);
  });

/** Makes a pseudo-terminal that stands for a serial line. */
export const openSerialLine = async (): Promise<SerialLine> => {
  const child = spawn("script", ["-q", "-c", HOLD, "/dev/null"], { stdio: ["pipe", "pipe", "ignore"] });
  const { path } = await readPath(child);
  child.stdin.on("error", () => undefined);
  return {
    path,
    onData: (listener) => child.stdout.on("data", listener),
    write: (bytes) => child.stdin.write(bytes),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const hasExited = once(child, "exit");
      child.kill("SIGKILL");
      await hasExited;
    },
  };
};
