import { chmod, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { encodeLine, LineReader, MAX_COMMAND_LINE } from "./framing.ts";
import type { LiveFrame } from "./live-frame.ts";
import { type Command, type CommandReply, PROTOCOL_VERSION } from "./messages.ts";
import { refuse, ReplyCache } from "./reply-cache.ts";
import { parseToControl } from "./schemas.ts";

const MAX_CLIENTS = 16;
const MAX_IN_FLIGHT = 100;

/** What control offers the other processes: live frames to all, replies to whoever commands. */
export type ControlServer = {
  /** Sends a frame to every client; one that is still busy with an older frame gets only the newest (R11). */
  publish(frame: LiveFrame): void;
  close(): Promise<void>;
};

type Options = {
  /** The Unix socket; whoever calls holds the data directory's lock, so an old file there is nobody's. */
  readonly path: string;
  /** Carries out a command; called once per id, within the command's deadline. */
  readonly onCommand: (command: Command) => Promise<CommandReply>;
  readonly signal: AbortSignal;
  /** Told what a client or a command did wrong. */
  readonly onProblem?: (problem: string, error?: unknown) => void;
};

type Context = { readonly replies: ReplyCache; readonly onProblem: NonNullable<Options["onProblem"]> };

class ControlPeer {
  readonly #socket: Socket;
  readonly #context: Context;
  readonly #reader = new LineReader(MAX_COMMAND_LINE);
  #isGreeted = false;
  #inFlight = 0;
  #waiting: Buffer | null = null;

  constructor(socket: Socket, context: Context, newest: Buffer | null) {
    this.#socket = socket;
    this.#context = context;
    this.#waiting = newest;
  }

  listen(): void {
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#socket.on("drain", () => this.#socket.resume());
    this.#socket.on("error", () => this.#socket.destroy());
  }

  /** Sends the frame at once, or keeps it in place of the one that waits. */
  offer(line: Buffer): void {
    this.#waiting = line;
    this.#flush();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #flush(): void {
    if (!this.#isGreeted || this.#waiting === null || this.#socket.writableLength > 0) return;
    const line = this.#waiting;
    this.#waiting = null;
    this.#write(line);
  }

  #write(line: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(line, () => this.#flush());
  }

  #read(chunk: Buffer): void {
    const lines = this.#reader.read(chunk);
    if (lines === null) return this.#drop("a line longer than allowed");
    for (const line of lines) {
      if (this.#socket.destroyed) return;
      this.#handle(line);
    }
    // A client that does not read its replies is not read either.
    if (this.#socket.writableNeedDrain) this.#socket.pause();
  }

  #handle(line: string): void {
    const message = parseToControl(line);
    if (message === null) return this.#drop("a malformed message, or one of another protocol version");
    if (message.type === "hello") {
      this.#isGreeted = true;
      this.#flush();
    } else if (this.#isGreeted) {
      void this.#answer(message.command);
    } else {
      this.#drop("a command before the greeting");
    }
  }

  async #answer(command: Command): Promise<void> {
    if (this.#inFlight >= MAX_IN_FLIGHT) return this.#reply(refuse(command, "Too many commands at once."));
    this.#inFlight += 1;
    this.#reply(await this.#execute(command));
    this.#inFlight -= 1;
  }

  async #execute(command: Command): Promise<CommandReply> {
    try {
      return await this.#context.replies.execute(command);
    } catch (error) {
      this.#context.onProblem("a command failed", error);
      return refuse(command, "The command failed inside the controller.");
    }
  }

  #reply(reply: CommandReply): void {
    this.#write(encodeLine({ v: PROTOCOL_VERSION, type: "reply", reply }));
  }

  #drop(what: string): void {
    this.#context.onProblem(`a client sent ${what}: disconnected`);
    this.#socket.destroy();
  }
}

const listen = async (server: Server, path: string): Promise<void> => {
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
};

/** Serves control's socket until the signal is aborted. Rejects when the socket cannot be made. */
export const serveControl = async (options: Options): Promise<ControlServer> => {
  const context: Context = {
    replies: new ReplyCache(options.onCommand),
    onProblem: options.onProblem ?? (() => undefined),
  };
  const peers = new Set<ControlPeer>();
  let newest: Buffer | null = null;

  const server = createServer((socket) => {
    const peer = new ControlPeer(socket, context, newest);
    peers.add(peer);
    socket.once("close", () => peers.delete(peer));
    peer.listen();
  });
  server.maxConnections = MAX_CLIENTS;
  await listen(server, options.path);
  server.on("error", (error) => context.onProblem("the control socket failed", error));

  const publish = (frame: LiveFrame): void => {
    newest = encodeLine({ v: PROTOCOL_VERSION, type: "live", frame });
    for (const peer of peers) peer.offer(newest);
  };
  const close = async (): Promise<void> => {
    for (const peer of peers) peer.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  options.signal.addEventListener("abort", () => void close(), { once: true });
  if (options.signal.aborted) await close();
  return { publish, close };
};
