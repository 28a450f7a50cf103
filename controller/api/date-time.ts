import Type from "typebox";
import { Problem } from "./problem.ts";

/** RFC 3339 with its zone: without one it would be another hour elsewhere. */
export const DateTime = Type.String({
  maxLength: 40,
  pattern: String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$`,
});

/** Wall time, ms since 1970, of a {@link DateTime}; a problem names the field of one that does not exist. */
export const toWallMs = (text: string, field: string): number => {
  const wallMs = Date.parse(text);
  if (Number.isNaN(wallMs)) throw new Problem(400, "invalid-request", `${field} names a time that does not exist.`);
  return wallMs;
};
