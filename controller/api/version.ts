import { createHash } from "node:crypto";
import { Problem } from "./problem.ts";

/** The version of what people edit, as an ETag. */
export const etagOf = (value: unknown): string =>
  `"${createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 22)}"`;

/** Refuses a change of what is not what the caller last saw. */
export const requireVersion = (value: unknown, ifMatch: string | undefined): void => {
  if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== etagOf(value))
    throw new Problem(412, "changed-meanwhile", "Read it again before you change it.");
};
