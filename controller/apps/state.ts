import { createLimitStore } from "../loop/limit-store.ts";
import { createPriceStore } from "../loop/price-store.ts";
import type { ProcessImage } from "../loop/process-image.ts";
import type { WaitedDay, WaitedPorts } from "../loop/waited-book.ts";
import type { PhaseVector } from "../model/phase.ts";
import type { Site } from "../model/site.ts";
import { STRATEGY_NAMES, type StrategyName } from "../model/strategy.ts";
import type { Clock } from "../model/time.ts";
import type { SiteCommand, CommandReply } from "../protocol/messages.ts";
import { unkept } from "./kept-file.ts";
import { readRuntimeState, type RuntimeState, writeRuntimeState } from "./runtime-state.ts";

/** What people changed at run time, and how commands change it; and what was counted. */
export type State = {
  /** The energy that waited, as it was left and as it is kept from now on. */
  readonly waited: Pick<WaitedPorts, "stored" | "save">;
  /** Carries out a command: in force at once, answered when it is kept (R12: safety does not wait for a disk). */
  apply(payload: SiteCommand): Promise<Omit<CommandReply, "id">>;
};

type Options = {
  readonly dataDirectory: string;
  readonly site: Site;
  readonly clock: Clock;
  readonly image: ProcessImage;
};

/** The run-time state as it was left, in force in the image from now on, and kept on every change. */
export const openState = async ({ dataDirectory, site, clock, image }: Options): Promise<State> => {
  const stored = await readRuntimeState(dataDirectory);
  let { isEmergencyStopped, limits: kept, prices = [], waited = [] } = stored;
  let strategy = chosenStrategy(stored, site);
  const now = (): RuntimeState => ({ isEmergencyStopped, limits: kept, prices, waited, ...asStored(strategy, site) });
  const keep = inTurn(() => writeRuntimeState(dataDirectory, now()));
  const store = createLimitStore({
    site,
    clock,
    stored: kept,
    save: (next) => {
      kept = next.map(copyOf);
      image.setLimits(store.limits());
      return keep();
    },
  });
  const priceStore = createPriceStore({
    clock,
    stored: prices,
    save: (next) => {
      prices = next.map((price) => ({ ...price }));
      return keep();
    },
  });
  image.setPrices(() => priceStore.slots());
  image.setLimits(store.limits());
  image.setEmergencyStop(isEmergencyStopped);
  image.setStrategy(strategy);
  const applied = (): Promise<Omit<CommandReply, "id">> => keep().then(() => APPLIED);
  const stop = (isStopped: boolean): Promise<Omit<CommandReply, "id">> => {
    image.setEmergencyStop((isEmergencyStopped = isStopped));
    return applied();
  };
  const divide = (next: StrategyName): Promise<Omit<CommandReply, "id">> => {
    image.setStrategy((strategy = next));
    return applied();
  };
  const keepWaited = (days: readonly WaitedDay[]): Promise<void> => {
    waited = days;
    return keep();
  };
  const carryOut = (payload: SiteCommand): Promise<Omit<CommandReply, "id">> => {
    if (payload.type === "emergency-stop") return stop(payload.isStopped);
    if (payload.type === "set-prices") return priceStore.apply(payload);
    return payload.type === "set-strategy" ? divide(payload.strategy) : store.apply(payload);
  };
  const apply = (payload: SiteCommand) => carryOut(payload).catch(unkept);
  return { waited: { stored: waited, save: keepWaited }, apply };
};

const APPLIED = { outcome: "applied", reason: null } as const;

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

const asStored = (chosen: StrategyName, { strategy: insteadOf }: Site): Pick<RuntimeState, "strategy"> =>
  chosen === insteadOf ? {} : { strategy: { chosen, insteadOf } };

type Stored = Parameters<Parameters<typeof createLimitStore>[0]["save"]>[0][number];

const copyOf = ({ circuit, source, limitA, lease }: Stored) => ({
  circuit,
  source,
  limitA: triple(limitA),
  lease: lease === null ? null : { ...lease, afterwardsA: triple(lease.afterwardsA) },
});

const triple = ([l1, l2, l3]: PhaseVector): [number, number, number] => [l1, l2, l3];
