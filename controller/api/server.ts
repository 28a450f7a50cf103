import fastifyStatic from "@fastify/static";
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { ControlPort } from "./control-port.ts";
import { sendNotFound, sendProblem } from "./errors.ts";
import { checkHost, checkOrigin, SECURITY_HEADERS } from "./guard.ts";
import { createLive } from "./live.ts";
import { registerRoutes } from "./routes/register.ts";

const MAX_STREAMS = 50;
const HEARTBEAT_MS = 5000;

/** Slow and large requests end early; a stream lives because its heartbeat is more frequent than the idle time-out. */
const LIMITS = {
  requestTimeout: 10_000,
  connectionTimeout: 15_000,
  handlerTimeout: 10_000,
  bodyLimit: 64 * 1024,
  http: { headersTimeout: 8000 },
};

/** What the server is made of. */
export type ServerParts = {
  readonly port: ControlPort;
  readonly logger: FastifyBaseLogger;
  /** Folder of the built page. */
  readonly pageFolder: string;
  /** Monotonic time, ms; the process's own unless given. */
  readonly now?: () => number;
};

/** Hashed files never change; the page that names them is asked for anew every time. */
const cacheControl = (path: string): string =>
  path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";

const guard = (app: FastifyInstance): void => {
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    if (!request.url.startsWith("/assets/")) reply.header("cache-control", "no-store");
    checkHost(request.headers.host);
    checkOrigin(request.method, request.headers);
    done();
  });
};

const servePage = async (app: FastifyInstance, root: string): Promise<void> => {
  await app.register(fastifyStatic, {
    root,
    cacheControl: false,
    setHeaders: (reply, path) => void reply.header("cache-control", cacheControl(path)),
  });
};

/** The HTTP API and the page; it listens when its caller says so, on the loopback only. */
export const createServer = async ({
  port,
  logger,
  pageFolder,
  now = () => performance.now(),
}: ServerParts): Promise<FastifyInstance> => {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply.headers(SECURITY_HEADERS)),
    ...LIMITS,
  });
  const live = createLive(port, { maxStreams: MAX_STREAMS, heartbeatMs: HEARTBEAT_MS, now });
  app.removeContentTypeParser("text/plain");
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler(sendNotFound);
  guard(app);
  app.addHook("preClose", (done) => {
    live.close();
    done();
  });
  registerRoutes(app.withTypeProvider<TypeBoxTypeProvider>(), { port, live });
  await servePage(app, pageFolder);
  return app;
};
