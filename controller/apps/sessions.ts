import { join } from "node:path";
import type { Logger } from "pino";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { createSessions, NO_SESSIONS, type Sessions, type StoredSessions } from "../loop/sessions/sessions.ts";
import type { Site } from "../model/site.ts";
import type { Clock } from "../model/time.ts";
import { readKept, unkept, writeKept } from "./kept-file.ts";

const closed = { additionalProperties: false };
const Id = Type.String({ minLength: 1, maxLength: 128 });
const WallMs = Type.Number({ minimum: 0, maximum: 1e15 });
const Wh = Type.Union([Type.Number({ minimum: 0, maximum: 1e15 }), Type.Null()]);
const MAX_EVSES = 5000;

const Stored = Type.Object(
  {
    sessions: Type.Array(
      Type.Object(
        {
          evse: Id,
          pluggedAtWallMs: WallMs,
          isWhole: Type.Boolean(),
          deliveredWh: Wh,
          countedAtWallMs: WallMs,
          counterWh: Wh,
        },
        closed,
      ),
      { maxItems: MAX_EVSES },
    ),
    past: Type.Array(
      Type.Object(
        {
          key: Id,
          weekday: Type.Integer({ minimum: 0, maximum: 6 }),
          hour: Type.Number({ minimum: 0, maximum: 24 }),
          stayMs: Type.Number({ minimum: 0, maximum: 1e12 }),
          energyWh: Wh,
        },
        closed,
      ),
      { maxItems: 1000 },
    ),
    needs: Type.Array(
      Type.Object({ evse: Id, departsAtWallMs: Type.Union([WallMs, Type.Null()]), energyWh: Wh }, closed),
      { maxItems: MAX_EVSES },
    ),
    boosts: Type.Array(Type.Object({ evse: Id, endsAtWallMs: WallMs }, closed), { maxItems: MAX_EVSES }),
  },
  closed,
);

const check = Compile(Stored);

type Options = {
  readonly dataDirectory: string;
  readonly site: Site;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** The sessions as they were left, kept in a file of their own: they are worth keeping, and no fuse depends on them. */
export const openSessions = async ({ dataDirectory, site, clock, logger }: Options): Promise<Sessions> => {
  const path = join(dataDirectory, "sessions.json");
  const save = createSaver(path, logger);
  const sessions = createSessions({ site, clock, save, stored: await readStored(path, logger) });
  return {
    follow: (snapshot) => sessions.follow(snapshot),
    apply: (payload) => sessions.apply(payload).catch(unkept),
  };
};

/** A lost habit is learned again: a damaged file keeps nobody from charging. */
const readStored = async (path: string, logger: Logger): Promise<StoredSessions> => {
  const value = await readKept(path).catch((error: unknown) => String(error));
  if (value === null) return NO_SESSIONS;
  if (check.Check(value)) return value;
  logger.warn({ path }, "what was kept of sessions is damaged and starts anew");
  return NO_SESSIONS;
};

/** Writes one after the other; of those that wait, only the newest. */
const createSaver = (path: string, logger: Logger): ((sessions: StoredSessions) => Promise<void>) => {
  let newest: StoredSessions = NO_SESSIONS;
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    waiting = null;
    await writeKept(path, newest).catch((error: unknown) => {
      logger.warn({ err: error }, "sessions were not kept");
      throw error;
    });
  };
  return (sessions) => {
    newest = sessions;
    waiting ??= running = running.then(write, write);
    return waiting;
  };
};
