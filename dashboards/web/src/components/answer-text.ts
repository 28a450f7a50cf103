import type { Answer } from "../api.ts";
import { isTextKey, type Speech } from "../i18n/index.ts";

/** What became of a request, as a sentence; a problem the page has no text for speaks for itself. */
export const answerText = ({ outcome, code, detail }: Answer, { say }: Speech): string => {
  if (outcome === "applied" && detail !== "") return say("answer.applied-but", { detail });
  const key = `problem.${code ?? ""}`;
  return say(`answer.${outcome}`, { detail: isTextKey(key) ? say(key) : detail });
};
