import { connect, type Socket } from "node:net";
import { encodeLine, LineReader, MAX_FRAME_LINE } from "./framing.ts";
import type { LiveFrame } from "./live-frame.ts";
import { type Command, type CommandReply, PROTOCOL_VERSION, type ToControl } from "./messages.ts";
import { PendingCommands } from "./pending-commands.ts";
import { refuse } from "./reply-cache.ts";
import { isCommand, parseFromControl } from "./schemas.ts";

const RETRY_MS = 500;

/** A process's link to control: reconnects by itself, forever. */
export type ControlClient = {
  /** The newest frame that came, however old; null: none yet. */
  latest(): LiveFrame | null;
  /** Calls back on every frame; returns how to stop that. */
  subscribe(listener: (frame: LiveFrame) => void): () => void;
  /** Sends a command; refused when not connected, malformed, or unanswered for `deadlineMs`. Never rejects. */
  send(command: Command): Promise<CommandReply>;
  isConnected(): boolean;
  close(): void;
};

type Options = {
  readonly path: string;
  /** Who connects, for control's log. */
  readonly role: string;
  readonly signal: AbortSignal;
  /** Told what control sent wrong. */
  readonly onProblem?: (problem: string) => void;
  readonly retryMs?: number;
};

class ControlLink implements ControlClient {
  readonly #options: Options;
  readonly #listeners = new Set<(frame: LiveFrame) => void>();
  readonly #pending = new PendingCommands();
  #latest: LiveFrame | null = null;
  #socket: Socket | null = null;
  #isConnected = false;
  #isClosed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  latest(): LiveFrame | null {
    return this.#latest;
  }

  isConnected(): boolean {
    return this.#isConnected;
  }

  subscribe(listener: (frame: LiveFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async send(command: Command): Promise<CommandReply> {
    if (!isCommand(command)) return refuse(command, "The command is malformed or out of range.");
    if (!this.#isConnected) return refuse(command, "The controller is not running.");
    return this.#pending.wait(command, () => this.#write({ v: PROTOCOL_VERSION, type: "command", command }));
  }

  open(): void {
    const socket = connect(this.#options.path);
    const reader = new LineReader(MAX_FRAME_LINE);
    this.#socket = socket;
    socket.on("connect", () => this.#greet());
    socket.on("data", (chunk: Buffer) => this.#read(reader, chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#disconnected());
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#socket?.destroy();
    this.#pending.refuseAll("The connection to the controller was closed; it may have been carried out.");
  }

  #greet(): void {
    this.#isConnected = true;
    this.#write({ v: PROTOCOL_VERSION, type: "hello", role: this.#options.role });
    for (const command of this.#pending.commands()) this.#write({ v: PROTOCOL_VERSION, type: "command", command });
  }

  #write(message: ToControl): void {
    this.#socket?.write(encodeLine(message));
  }

  #disconnected(): void {
    this.#isConnected = false;
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => this.open(), this.#options.retryMs ?? RETRY_MS);
  }

  #read(reader: LineReader, chunk: Buffer): void {
    const lines = reader.read(chunk);
    if (lines === null) return this.#drop("a line longer than allowed");
    for (const line of lines) this.#handle(line);
  }

  #handle(line: string): void {
    if (this.#socket?.destroyed ?? true) return;
    const message = parseFromControl(line);
    if (message === null) return this.#drop("a malformed message, or one of another protocol version");
    if (message.type === "reply") return this.#pending.settle(message.reply);
    this.#latest = message.frame;
    for (const listener of this.#listeners) listener(message.frame);
  }

  #drop(what: string): void {
    this.#options.onProblem?.(`control sent ${what}: reconnecting`);
    this.#socket?.destroy();
  }
}

/** Connects to control's socket and stays connected until the signal is aborted. */
export const connectControl = (options: Options): ControlClient => {
  const link = new ControlLink(options);
  if (options.signal.aborted) return link;
  options.signal.addEventListener("abort", () => link.close(), { once: true });
  link.open();
  return link;
};
