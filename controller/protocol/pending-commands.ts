import type { Command, CommandReply } from "./messages.ts";
import { refuse } from "./reply-cache.ts";

const MAX_PENDING = 100;

type Pending = {
  readonly command: Command;
  readonly reply: Promise<CommandReply>;
  readonly settle: (reply: CommandReply) => void;
};

/** Commands that were sent and not yet answered; each ends by its deadline. */
export class PendingCommands {
  readonly #pending = new Map<string, Pending>();

  /** Waits for the reply to a command; `send` is called unless the same command is waiting already. */
  wait(command: Command, send: () => void): Promise<CommandReply> {
    const known = this.#pending.get(command.id);
    if (known !== undefined) return known.reply;
    if (this.#pending.size >= MAX_PENDING) return Promise.resolve(refuse(command, "Too many commands at once."));
    const entry = this.#add(command);
    send();
    return entry.reply;
  }

  /** The commands to send again on a new connection: control carries out each id once. */
  commands(): readonly Command[] {
    return [...this.#pending.values()].map((entry) => entry.command);
  }

  settle(reply: CommandReply): void {
    this.#pending.get(reply.id)?.settle(reply);
  }

  refuseAll(reason: string): void {
    for (const { command, settle } of this.#pending.values()) settle(refuse(command, reason));
  }

  #add(command: Command): Pending {
    const { promise, resolve } = Promise.withResolvers<CommandReply>();
    const timer = setTimeout(
      () => this.settle(refuse(command, "No answer before the deadline; it may have been carried out.")),
      command.deadlineMs,
    );
    const settle = (reply: CommandReply): void => {
      clearTimeout(timer);
      this.#pending.delete(command.id);
      resolve(reply);
    };
    const entry = { command, reply: promise, settle };
    this.#pending.set(command.id, entry);
    return entry;
  }
}
