import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { CommandReply } from "../protocol/messages.ts";

/** What a file of the data directory holds; null: there is none. Rejects when it cannot be read or is not JSON. */
export const readKept = async (path: string): Promise<unknown> => {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : JSON.parse(text);
};

/** Replaces a file as a whole: old or new after a power cut, never half of it. */
export const writeKept = async (path: string, value: unknown): Promise<void> => {
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify(value));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** The reply to a command that is in force although it could not be kept. */
export const unkept = (error: unknown): Omit<CommandReply, "id"> => ({
  outcome: "applied",
  reason: `in force, but not kept over a restart: ${error instanceof Error ? error.message : String(error)}`,
});
