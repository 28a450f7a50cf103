import { instant, type Clock } from "../model/time.ts";
import type { Cycle, CycleRecord } from "./cycle.ts";

/** Share of a cycle that devices have to answer before it decides without them. */
const POLL_SHARE = 0.4;
/** Woken or not, cycles start at least this far apart, ms. */
const LEAST_GAP_MS = 250;
/** So many cycles thrown in a row end the process: the supervisor starts a clean one. */
const FAILURES_BEFORE_EXIT = 3;

/** What the ticker needs. */
export type TickerPorts = {
  readonly clock: Clock;
  readonly cycleMs: number;
  readonly cycle: Cycle;
  readonly onRecord: (record: CycleRecord) => void;
  /** Called when a cycle threw: our code is wrong. */
  readonly onError: (error: unknown) => void;
};

/** Runs cycles until stopped. */
export type Ticker = {
  /** Something must be acted on now: ends the polling of the cycle that runs, or starts the next one at once. */
  wake(): void;
  /** Resolves when the signal is aborted; rejects after too many failures in a row. */
  run(signal: AbortSignal): Promise<void>;
};

/** A ticker: a cycle every `cycleMs`, at once when woken, never two at a time; missed ticks are not made up for. */
export const createTicker = ({ clock, cycleMs, cycle, onRecord, onError }: TickerPorts): Ticker => {
  let waiting = new AbortController();
  const runOne = async (dueAt: number): Promise<boolean> => {
    waiting = new AbortController();
    const polling = waiting;
    try {
      onRecord(await cycle(instant(dueAt), clock.sleep(cycleMs * POLL_SHARE, polling.signal)));
      return true;
    } catch (error) {
      onError(error);
      return false;
    } finally {
      polling.abort();
      waiting = new AbortController();
    }
  };
  return {
    wake: () => waiting.abort(),
    async run(signal) {
      signal.addEventListener("abort", () => waiting.abort(), { once: true });
      let failures = 0;
      for (let dueAt: number = clock.now(); !signal.aborted;) {
        const startedAt = clock.now();
        failures = (await runOne(dueAt)) ? 0 : failures + 1;
        if (failures >= FAILURES_BEFORE_EXIT) throw new Error(`${failures} cycles failed in a row`);
        const dueNext = Math.max(dueAt + cycleMs, clock.now());
        await clock.sleep(startedAt + Math.min(LEAST_GAP_MS, cycleMs) - clock.now());
        await clock.sleep(dueNext - clock.now(), waiting.signal);
        dueAt = Math.min(dueNext, clock.now());
      }
    },
  };
};
