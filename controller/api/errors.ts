import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { Problem, problemDetails, type ProblemCode, type ProblemDetails } from "./problem.ts";

const MAX_FIELDS = 20;
const MAX_MESSAGE = 500;

const CODES: ReadonlyMap<number, ProblemCode> = new Map([
  [404, "not-found"],
  [413, "too-large"],
  [415, "unsupported-media-type"],
  [503, "control-timeout"],
]);

/** Every field the schema refused, with where it is; undefined: it was not the schema. */
const wrongFields = ({ validation, validationContext }: FastifyError): ProblemDetails["problems"] =>
  validation?.slice(0, MAX_FIELDS).map(({ instancePath, message }) => ({
    path: `${validationContext ?? "body"}${instancePath}`.slice(0, 200),
    message: (message ?? "is not valid").slice(0, MAX_MESSAGE),
  }));

const asProblem = (error: FastifyError): Problem => {
  if (error instanceof Problem) return error;
  const status = error.statusCode ?? 500;
  if (status >= 500 && status !== 503) return new Problem(500, "internal", "It was logged; the controller carries on.");
  const detail = error.validation === undefined ? error.message : "Correct the fields named in problems.";
  return new Problem(status, CODES.get(status) ?? "invalid-request", detail.slice(0, MAX_MESSAGE));
};

/** Sends any error as problem details; what is our own fault is logged and not shown. */
export const sendProblem = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const problem = asProblem(error);
  if (problem.status === 500) request.log.error({ err: error }, "request failed");
  return reply
    .code(problem.status)
    .type("application/problem+json")
    .send(problemDetails(problem, wrongFields(error)));
};

/** Answers what no route and no file serves. */
export const sendNotFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply
    .code(404)
    .type("application/problem+json")
    .send(problemDetails(new Problem(404, "not-found", `${request.method} is not served at this address.`)));
