import type { Command, CommandReply } from "./messages.ts";

const MAX_REPLIES = 1000;

/** Carries out each command once: the newest replies are kept by id, and a command that comes again gets the same one. */
export class ReplyCache {
  readonly #onCommand: (command: Command) => Promise<CommandReply>;
  readonly #replies = new Map<string, Promise<CommandReply>>();

  constructor(onCommand: (command: Command) => Promise<CommandReply>) {
    this.#onCommand = onCommand;
  }

  /** The reply to this command, carried out now or earlier; a failure is not kept, so it may be tried again. */
  execute(command: Command): Promise<CommandReply> {
    const known = this.#replies.get(command.id);
    if (known !== undefined) return known;
    const reply = this.#onCommand(command);
    this.#replies.set(command.id, reply);
    this.#forgetOldest();
    reply.catch(() => this.#replies.delete(command.id));
    return reply;
  }

  #forgetOldest(): void {
    if (this.#replies.size <= MAX_REPLIES) return;
    const [oldest] = this.#replies.keys();
    if (oldest !== undefined) this.#replies.delete(oldest);
  }
}

/** A refusal of a command, with a reason for people. */
export const refuse = (command: Command, reason: string): CommandReply => ({
  id: command.id,
  outcome: "refused",
  reason,
});
