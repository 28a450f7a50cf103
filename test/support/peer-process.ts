import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

/** A peer's program that a test started. */
export type PeerProcess = {
  /** The next line of its output that contains a text; those before it are dropped. Rejects when the program ends first. */
  lineWith(text: string): Promise<string>;
  /** Ends it and waits until it is gone. */
  end(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
};

/** Starts a peer's program and follows one of its outputs; what it says on the other is told when it ends too early. */
export const startPeer = (
  path: string,
  args: readonly string[],
  output: "stdout" | "stderr" = "stdout",
): PeerProcess => {
  const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"] });
  const gone = once(child, "close");
  const lines = createInterface({ input: child[output] })[Symbol.asyncIterator]();
  let aside = "";
  child[output === "stdout" ? "stderr" : "stdout"].setEncoding("utf8").on("data", (text: string) => {
    aside += text;
  });
  return {
    lineWith: async (text) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`${path} ended before it said '${text}': ${aside}`);
        if (value.includes(text)) return value;
      }
    },
    end: async (signal = "SIGTERM") => {
      child.kill(signal);
      await gone;
    },
  };
};

/** A port of 127.0.0.1 that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};
