import type { StrategyName } from "#controller/model/strategy.ts";
import type { LiveEvse } from "#controller/protocol/live-frame.ts";

import type { PHASES } from "./phases.ts";

/** What became of something the page asked for. */
export type Answer = {
  readonly outcome: "applied" | "clamped" | "refused" | "failed";
  /** The problem's code, for a text in the reader's language; null: none. */
  readonly code: string | null;
  /** What control or the API says, in English. */
  readonly detail: string;
};

const NO_CONNECTION: Answer = { outcome: "failed", code: "no-connection", detail: "" };

type Reply = {
  readonly outcome?: "applied" | "clamped" | "refused";
  readonly reason?: string | null;
  readonly code?: string;
  readonly detail?: string;
};

const limitPath = (circuit: string): string => `/api/v1/circuits/${encodeURIComponent(circuit)}/limit`;

const boostPath = ({ station, number }: LiveEvse): string =>
  `/api/v1/evses/${encodeURIComponent(station)}/${number}/boost`;

const asAnswer = (isDone: boolean, { outcome, reason, code, detail }: Reply): Answer => {
  if (isDone) return { outcome: outcome ?? "applied", code: null, detail: reason ?? "" };
  return { outcome: code === "command-refused" ? "refused" : "failed", code: code ?? null, detail: detail ?? "" };
};

const ask = async (path: string, init: RequestInit): Promise<Answer> => {
  try {
    const response = await fetch(path, init);
    const reply: Reply = await response.json();
    return asAnswer(response.ok, reply);
  } catch {
    return NO_CONNECTION;
  }
};

const withJson = (method: string, body: object, headers: Record<string, string> = {}): RequestInit => ({
  method,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

const ifMatch = (etag: string | null): Record<string, string> => (etag === null ? {} : { "if-match": etag });

/** The version of a circuit's limit as it is now; null: it could not be read. */
export const readLimitVersion = async (circuit: string): Promise<string | null> =>
  fetch(limitPath(circuit)).then(
    (response) => (response.ok ? response.headers.get("etag") : null),
    () => null,
  );

/** A current for every phase, or one for each, A. */
export type PhaseCurrents = number | Readonly<Record<(typeof PHASES)[number], number>>;

/** Sets the operating limit of a circuit, unless it changed since the given version. */
export const saveLimit = (circuit: string, limitA: PhaseCurrents, etag: string | null): Promise<Answer> =>
  ask(limitPath(circuit), withJson("PUT", { limitA }, ifMatch(etag)));

/** Returns a circuit to its sealed limit, unless the limit changed since the given version. */
export const resetLimit = (circuit: string, etag: string | null): Promise<Answer> =>
  ask(limitPath(circuit), { method: "DELETE", headers: ifMatch(etag) });

/** Stops all charging, or releases the stop. */
export const setEmergencyStop = (isStopped: boolean): Promise<Answer> =>
  ask("/api/v1/emergency-stop", withJson("POST", { isStopped }));

/** Chooses how the current is shared. */
export const setStrategy = (strategy: StrategyName): Promise<Answer> =>
  ask("/api/v1/site/strategy", withJson("PUT", { strategy }));

/** Lets an EVSE come before all others for so long, ms. */
export const startBoost = (evse: LiveEvse, durationMs: number): Promise<Answer> =>
  ask(boostPath(evse), withJson("PUT", { durationMs }));

/** Ends that. */
export const endBoost = (evse: LiveEvse): Promise<Answer> => ask(boostPath(evse), { method: "DELETE" });
