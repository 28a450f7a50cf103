import type { Logger } from "pino";
import { ensurePage } from "../api/page-build.ts";
import { createServer } from "../api/server.ts";
import { controlSocket } from "../data-directory.ts";
import { connectControl } from "../protocol/client.ts";

type Options = {
  readonly dataDirectory: string;
  /** Folder of the package: the page is built from there. */
  readonly root: string;
  readonly port: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
};

/** Runs the services process until the signal is aborted: page and API on loopback, fed by control's live frames. */
export const runServices = async ({ dataDirectory, root, port, signal, logger }: Options): Promise<void> => {
  const pageFolder = await ensurePage(root);
  const control = connectControl({ path: controlSocket(dataDirectory), role: "services", signal });
  const server = await createServer({ port: control, logger: logger.child({ subject: "api" }), pageFolder });
  await server.listen({ host: "127.0.0.1", port });
  logger.info({ url: `http://127.0.0.1:${port}` }, "page is ready");
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  await server.close();
};
