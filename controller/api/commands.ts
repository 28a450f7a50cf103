import type { CommandPayload, CommandReply } from "../protocol/messages.ts";
import type { ControlPort } from "./control-port.ts";
import { Problem } from "./problem.ts";

/** How long control may take over a command of this API, ms. */
const DEADLINE_MS = 5000;

/** A little less: an unanswered command is told as unanswered, before the connection gives it up as refused. */
const PATIENCE_MS = 4500;

const ACTOR = "page";

/** Rejects with a problem when control has not answered by the deadline. */
const beforeDeadline = async (answer: Promise<CommandReply>): Promise<CommandReply> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Problem(504, "control-timeout", `No answer within ${PATIENCE_MS} ms; ask again to see what holds.`));
  }, PATIENCE_MS);
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer));
};

const asProblem = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem(503, "control-unreachable", error instanceof Error ? error.message : "The connection was lost.");

/** Has control carry out a command; a refusal, a lost connection and a missed deadline are problems. */
export const carryOut = async (port: ControlPort, id: string, payload: CommandPayload): Promise<CommandReply> => {
  if (!port.isConnected()) throw new Problem(503, "control-unreachable", "There is no connection to control.");
  const reply = await beforeDeadline(port.send({ id, actor: ACTOR, deadlineMs: DEADLINE_MS, payload })).catch(
    (error: unknown) => {
      throw asProblem(error);
    },
  );
  if (reply.outcome === "refused") throw new Problem(409, "command-refused", reply.reason ?? "No reason was given.");
  return reply;
};
