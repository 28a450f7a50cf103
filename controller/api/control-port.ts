import type { LiveFrame } from "../protocol/live-frame.ts";
import type { Command, CommandReply } from "../protocol/messages.ts";

/** What the API needs of the control process; it never waits for more than one command's deadline. */
export type ControlPort = {
  /** The newest frame; null: none arrived yet. */
  latest(): LiveFrame | null;
  /** Calls back on every new frame until the returned function is called. */
  subscribe(listener: (frame: LiveFrame) => void): () => void;
  /** Sends a command, idempotent by its id; rejects when control cannot be asked. */
  send(command: Command): Promise<CommandReply>;
  isConnected(): boolean;
};
