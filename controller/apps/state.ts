import type { LoadedSite } from "../config/load.ts";
import {
  createRunningLimits,
  type KeptLimits,
  type LimitCommand,
  type RunningLimits,
} from "../loop/limits/running-limits.ts";
import { createPriceStore } from "../loop/price-store.ts";
import type { ProcessImage } from "../loop/process-image.ts";
import type { WaitedPorts } from "../loop/waited-book.ts";
import type { Limit } from "../model/limit.ts";
import type { PhaseVector } from "../model/phase.ts";
import type { Site } from "../model/site.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { STRATEGY_NAMES, type StrategyName } from "../model/strategy.ts";
import type { Clock } from "../model/time.ts";
import type { SiteCommand, CommandReply } from "../protocol/messages.ts";
import { unkept } from "./kept-file.ts";
import { readRuntimeState, type RuntimeState, writeRuntimeState } from "./runtime-state.ts";

/** What people and the world changed at run time, and how commands change it; and what was counted. */
export type State = {
  readonly limits: RunningLimits;
  /** The energy that waited, as it was left and as it is kept from now on. */
  readonly waited: Pick<WaitedPorts, "stored" | "save">;
  /** Carries out a command: in force at once, answered when it is kept (R12: safety does not wait for a disk). */
  readonly apply: (payload: SiteCommand) => Promise<Outcome>;
  /** All limits that hold at a snapshot; what time changed of them is kept too. */
  readonly limitsAt: (seen: Snapshot, buildingA: PhaseVector | null) => readonly Limit[];
};

type Outcome = Omit<CommandReply, "id">;

type Options = {
  readonly dataDirectory: string;
  readonly loaded: Pick<LoadedSite, "site" | "gridOperator" | "demand">;
  readonly clock: Clock;
  readonly image: ProcessImage;
};

/** The run-time state as it was left, in force from now on, and kept on every change. */
export const openState = async ({ dataDirectory, loaded, clock, image }: Options): Promise<State> => {
  const stored = await readRuntimeState(dataDirectory);
  const limits = createRunningLimits({ ...loaded, clock, kept: stored });
  const { isEmergencyStopped, isOnGenerator, waited, prices } = stored;
  let own: Own = { isEmergencyStopped, isOnGenerator, waited, prices, strategy: chosenStrategy(stored, loaded.site) };
  const state = (): RuntimeState => ({ ...limits.kept(), ...own, strategy: asStored(own.strategy, loaded.site) });
  const keep = inTurn(() => writeRuntimeState(dataDirectory, state()));
  const enforce = (): void => {
    image.setEmergencyStop(own.isEmergencyStopped);
    image.setOnGenerator(own.isOnGenerator);
    image.setStrategy(own.strategy);
  };
  enforce();
  const change = (part: Partial<Own>): Promise<void> => {
    own = { ...own, ...part };
    enforce();
    return keep();
  };
  const priceStore = createPriceStore({ clock, stored: prices, save: (next) => change({ prices: next }) });
  image.setPrices(() => priceStore.slots());
  const carryOut = async (payload: SiteCommand): Promise<Outcome> => {
    if (payload.type === "set-prices") return priceStore.apply(payload);
    if (!isOfLimits(payload)) return change(partOf(payload)).then(() => APPLIED);
    const before = limits.kept();
    const outcome = limits.apply(payload);
    if (!isSame(before, limits.kept())) await keep();
    return outcome;
  };
  return {
    limits,
    waited: { stored: waited, save: (days) => change({ waited: days }) },
    apply: (payload) => carryOut(payload).catch(unkept),
    limitsAt(seen, buildingA) {
      const before = limits.kept();
      const now = limits.at(seen, buildingA);
      if (!isSame(before, limits.kept())) keep().catch(() => undefined);
      return now;
    },
  };
};

const APPLIED: Outcome = { outcome: "applied", reason: null };

/** What is kept here and not by the limits. */
type Own = Pick<RuntimeState, "isEmergencyStopped" | "isOnGenerator" | "waited" | "prices"> & {
  readonly strategy: StrategyName;
};

const partOf = (payload: Exclude<SiteCommand, LimitCommand | { readonly type: "set-prices" }>): Partial<Own> => {
  if (payload.type === "emergency-stop") return { isEmergencyStopped: payload.isStopped };
  return payload.type === "generator" ? { isOnGenerator: payload.isRunning } : { strategy: payload.strategy };
};

const isOfLimits = (payload: SiteCommand): payload is LimitCommand =>
  payload.type === "set-limit" || payload.type === "set-schedule" || payload.type === "grid-operator";

/** Whether nothing is to be kept anew: heartbeats of the grid operator come for ever and change nothing. */
const isSame = (a: KeptLimits, b: KeptLimits): boolean =>
  a.limits === b.limits && a.schedules === b.schedules && a.gridOperator === b.gridOperator;

/** One write at a time, each of what is true when it begins. */
const inTurn = (write: () => Promise<void>): (() => Promise<void>) => {
  let writing: Promise<void> = Promise.resolve();
  return () => {
    writing = writing.then(write, write);
    return writing;
  };
};

/** The strategy chosen at run time, unless the site file has named another one since; else the site's own. */
const chosenStrategy = ({ strategy }: RuntimeState, site: Site): StrategyName =>
  (strategy?.insteadOf === site.strategy ? STRATEGY_NAMES.find((name) => name === strategy.chosen) : undefined) ??
  site.strategy;

const asStored = (chosen: StrategyName, { strategy: insteadOf }: Site): RuntimeState["strategy"] =>
  chosen === insteadOf ? null : { chosen, insteadOf };
