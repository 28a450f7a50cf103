import type { ControlPort } from "#controller/api/control-port.ts";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import type { Command, CommandReply } from "#controller/protocol/messages.ts";

/** Control as the API sees it, played by a test: it answers as told and remembers what it was sent. */
export type FakeControl = ControlPort & {
  readonly sent: Command[];
  /** How many listeners follow the frames. */
  listeners(): number;
  publish(frame: LiveFrame): void;
  disconnect(): void;
  answer(reply: (command: Command) => Promise<Omit<CommandReply, "id">>): void;
};

/** A fake that applies everything until told otherwise. */
export const createFakeControl = (initial: LiveFrame | null): FakeControl => {
  const listeners = new Set<(frame: LiveFrame) => void>();
  const sent: Command[] = [];
  let frame = initial;
  let isConnected = true;
  let reply = async (_command: Command): Promise<Omit<CommandReply, "id">> => ({ outcome: "applied", reason: null });
  return {
    sent,
    listeners: () => listeners.size,
    latest: () => frame,
    isConnected: () => isConnected,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    send: async (command) => {
      sent.push(command);
      return { id: command.id, ...(await reply(command)) };
    },
    publish: (next) => {
      frame = next;
      for (const listener of listeners) listener(next);
    },
    disconnect: () => {
      isConnected = false;
    },
    answer: (next) => {
      reply = next;
    },
  };
};
