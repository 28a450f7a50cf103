import type { Drivers } from "#drivers/registry.ts";
import type { Logger } from "pino";
import { planSite } from "../allocation/plan.ts";
import { proveFallback } from "../config/fallback-proof.ts";
import type { LoadedSite } from "../config/load.ts";
import { controlSocket } from "../data-directory.ts";
import { createCycle, type CycleRecord } from "../loop/cycle.ts";
import { faultChanges } from "../loop/fault-changes.ts";
import { toLiveFrame } from "../loop/live-frame.ts";
import { createOverloadWatch } from "../loop/overload.ts";
import { createPoller } from "../loop/poll.ts";
import { createProcessImage } from "../loop/process-image.ts";
import type { Sessions } from "../loop/sessions/sessions.ts";
import { createTicker } from "../loop/ticker.ts";
import { createWaitedBook } from "../loop/waited-book.ts";
import { createWriter } from "../loop/write.ts";
import type { Fault } from "../model/fault.ts";
import type { MeterReading } from "../model/reading.ts";
import type { CommandPayload, CommandReply } from "../protocol/messages.ts";
import type { Clock } from "../model/time.ts";
import { serveControl, type ControlServer } from "../protocol/server.ts";
import { watchContacts } from "./inputs/contacts.ts";
import { openSessions } from "./sessions.ts";
import { openSiteDrivers } from "./site-drivers.ts";
import { loadRunnableSite } from "./site-loading.ts";
import { openState, type State } from "./state.ts";

type Options = {
  readonly siteFile: string;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Environment that names in the site file refer to: user names and passwords of brokers. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called after each completed cycle: feeds the watchdog of the supervisor. */
  readonly onCycle: () => void;
};

/** Runs the control process until the signal is aborted: drivers, loop, limits, and the socket for the other processes. */
export const runControl = async (options: Options): Promise<void> => {
  const { siteFile, dataDirectory, clock, signal, logger } = options;
  const { loaded, profiles } = await loadRunnableSite(siteFile);
  const { site } = loaded;
  const image = createProcessImage(site);
  const state = await openState({ dataDirectory, loaded, clock, image });
  const sessions = await openSessions({ dataDirectory, site, clock, logger });
  const drivers = openSiteDrivers({ loaded, profiles, clock, env: options.env });
  let wake = (): void => undefined;
  const isOverload = createOverloadWatch(site, image);
  const onMeterSample = (reading: MeterReading): void => (isOverload(reading) ? wake() : undefined);
  const poller = createPoller({ ...listed(drivers), image, clock, onMeterSample });
  const writer = createWriter({ site, stations: drivers.stations, image, clock });
  const plan = planSite(site);
  const cycle = createCycle({ plan, image, poller, sessions, writer, clock, limitsAt: state.limitsAt });
  const waited = createWaitedBook({ plan, clock, ...state.waited });
  const act = createAct(state, sessions, () => wake());
  const server = await serveCommands(options, act);
  const logChanges = createChangeLog(logger);
  const ticker = createTicker({
    clock,
    cycleMs: site.cycleMs,
    cycle,
    onRecord: (record) => {
      waited.note(record);
      const ports = { site, clock, limits: state.limits, fallbackOf: fallbackOf(loaded, record), waited };
      const frame = toLiveFrame(record, ports);
      server.publish(frame);
      logChanges(frame.faults);
      options.onCycle();
    },
    onError: (error) => logger.error({ err: error }, "cycle failed"),
  });
  wake = () => ticker.wake();
  const unwatch = watchContacts({ loaded, clock, act, onProblem: logMessage(logger) });
  logger.info({ site: site.id, stations: site.stations.length }, "control runs");
  await ticker.run(signal);
  await unwatch();
  await waited.close().catch((error: unknown) => logger.warn({ err: error }, "not kept: the energy that waited"));
  await server.close();
  await drivers.close();
};

/** Carries out commands; the next cycle does not wait until they are kept. */
const createAct =
  (state: State, sessions: Pick<Sessions, "apply">, wake: () => void): Act =>
  (payload) => {
    const isOfSession = payload.type === "set-need" || payload.type === "set-boost";
    const applying = isOfSession ? sessions.apply(payload) : state.apply(payload);
    wake();
    return applying;
  };

type Act = (payload: CommandPayload) => Promise<Omit<CommandReply, "id">>;

/** The socket for the other processes; every command is logged with its outcome. */
const serveCommands = ({ dataDirectory, signal, logger }: Options, act: Act): Promise<ControlServer> =>
  serveControl({
    path: controlSocket(dataDirectory),
    onCommand: async ({ id, actor, payload }) => {
      const reply = { id, ...(await act(payload)) };
      logger.info({ actor, payload, reply }, "command");
      return reply;
    },
    signal,
    onProblem: (problem, error) => logger.warn({ problem, err: error }, "peer"),
  });

const listed = ({ stations, meters, inverters }: Drivers) => ({
  stations: [...stations.values()],
  meters: [...meters.values()],
  inverters: [...inverters.values()],
});

const logMessage = (logger: Logger) => (topic: string, payload: string) =>
  logger.warn({ topic, payload: payload.slice(0, LOGGED_CHARACTERS) }, "message is not understood");

const LOGGED_CHARACTERS = 200;

/** What is proven at run time: a failsafe counts once it was read back in this contact (R6). */
const fallbackOf = ({ site }: LoadedSite, { snapshot }: CycleRecord) => {
  const stations = new Map(site.evses.map((evse) => [evse.id, evse.station]));
  const isProven = (evse: string): boolean =>
    snapshot.contacts.get(stations.get(evse) ?? "")?.isFailsafeProven === true;
  const proofs = new Map(proveFallback(site, isProven).map(({ circuit, state }) => [circuit, state]));
  return (circuit: string) => proofs.get(circuit) ?? "unproven";
};

/** One line per change of the faults, not one per cycle. */
const createChangeLog = (logger: Logger): ((now: readonly Fault[]) => void) => {
  let before: readonly Fault[] = [];
  return (now) => {
    const { began, ended } = faultChanges(before, now);
    for (const fault of began) logger.warn({ fault }, "fault began");
    for (const fault of ended) logger.info({ fault }, "fault ended");
    before = now;
  };
};
