import Type, { type Static } from "typebox";

/** The stable code of an API problem; part of the public interface. */
export type ProblemCode =
  | "invalid-request"
  | "unsupported-media-type"
  | "too-large"
  | "not-found"
  | "host-not-allowed"
  | "origin-not-allowed"
  | "changed-meanwhile"
  | "command-refused"
  | "no-frame-yet"
  | "frame-too-old"
  | "control-unreachable"
  | "control-timeout"
  | "too-many-streams"
  | "internal";

/** One thing wrong in a request: where (JSON pointer into the named part) and what. */
const ProblemField = Type.Object({
  path: Type.String({ maxLength: 200 }),
  message: Type.String({ maxLength: 500 }),
});

/** RFC 9457 problem details, with our code and, for a wrong request, every field that is wrong. */
export const ProblemDetails = Type.Object({
  type: Type.String({ maxLength: 200 }),
  title: Type.String({ maxLength: 200 }),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  code: Type.String({ maxLength: 40 }),
  detail: Type.String({ maxLength: 1000 }),
  problems: Type.Optional(Type.Array(ProblemField, { maxItems: 20 })),
});

/** What a client is sent when a request fails. */
export type ProblemDetails = Static<typeof ProblemDetails>;

const TITLES: Record<ProblemCode, string> = {
  "invalid-request": "The request is not valid",
  "unsupported-media-type": "Only application/json is accepted",
  "too-large": "The request is too large",
  "not-found": "There is nothing here",
  "host-not-allowed": "This host name is not served",
  "origin-not-allowed": "Requests from other sites are refused",
  "changed-meanwhile": "It was changed in the meantime",
  "command-refused": "Control refused the command",
  "no-frame-yet": "Control has not reported yet",
  "frame-too-old": "Control has stopped reporting",
  "control-unreachable": "Control cannot be reached",
  "control-timeout": "Control did not answer in time",
  "too-many-streams": "Too many live streams are open",
  internal: "Something went wrong here",
};

/** A request that failed as requests fail: thrown by a route, sent as problem details. */
export class Problem extends Error {
  readonly status: number;
  readonly code: ProblemCode;

  constructor(status: number, code: ProblemCode, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** The body of a problem. */
export const problemDetails = (
  { status, code, message }: Problem,
  problems?: ProblemDetails["problems"],
): ProblemDetails => ({
  type: `urn:headroom:problem:${code}`,
  title: TITLES[code],
  status,
  code,
  detail: message,
  ...(problems === undefined ? {} : { problems }),
});
