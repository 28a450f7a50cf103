import { spawn } from "node:child_process";
import { once } from "node:events";

/** The far end of a serial line: what the port at `path` sends arrives at `onData`, and `send` goes to it. */
export type SerialPeer = {
  readonly path: string;
  onData(listener: (bytes: Buffer) => void): void;
  send(bytes: Buffer): void;
  close(): Promise<void>;
};

/** A serial line made of a pseudo-terminal, whose far end is this process; util-linux's `script` holds it open. */
export const openSerialLine = async (): Promise<SerialPeer> => {
  const child = spawn("script", ["-q", "-c", "stty raw -echo; tty; exec sleep 1000", "/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const path = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
  });
  child.stdin.on("error", () => undefined);
  return {
    path,
    onData: (listener) => void child.stdout.on("data", listener),
    send: (bytes) => void child.stdin.write(bytes),
    close: async () => {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
};
