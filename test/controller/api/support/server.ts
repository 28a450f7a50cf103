import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import pino from "pino";
import { createServer } from "#controller/api/server.ts";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import { createFakeControl, type FakeControl } from "./fake-control.ts";

/** A server over a fake control with a page of two files, and a clock that stands still until it is moved. */
export type TestServer = AsyncDisposable & {
  readonly app: FastifyInstance;
  readonly control: FakeControl;
  readonly clock: { ms: number };
};

/** Starts one; it does not listen. */
export const startServer = async (frame: LiveFrame | null): Promise<TestServer> => {
  const pageFolder = await mkdtemp(join(tmpdir(), "headroom-page-"));
  await mkdir(join(pageFolder, "assets"));
  await writeFile(join(pageFolder, "index.html"), "<!doctype html><title>page</title>");
  await writeFile(join(pageFolder, "assets", "index-abc123.js"), "0;");
  const control = createFakeControl(frame);
  const clock = { ms: 0 };
  const logger = pino({ enabled: false });
  const app = await createServer({ port: control, logger, pageFolder, now: () => clock.ms });
  return {
    app,
    control,
    clock,
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await rm(pageFolder, { recursive: true, force: true });
    },
  };
};
