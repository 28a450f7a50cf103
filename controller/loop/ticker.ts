import { instant, type Clock } from "../model/time.ts";
import type { Cycle, CycleRecord } from "./cycle.ts";

/** Share of a cycle that devices have to answer before it decides without them. */
const POLL_SHARE = 0.4;
/** Cycles that something woke start at least this far apart, ms. */
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
  /** Something must be acted on now: ends the polling of the cycle that runs, or starts a cycle between two ticks at once. */
  wake(): void;
  /** Resolves when the signal is aborted; rejects after too many failures in a row. */
  run(signal: AbortSignal): Promise<void>;
};

/**
 * A ticker: a cycle every `cycleMs`, never two at a time; missed ticks are not made up for. A cycle between two ticks does not
 * poll: what woke it is known, and answers that it need not wait for come with the next tick.
 */
export const createTicker = ({ clock, cycleMs, cycle, onRecord, onError }: TickerPorts): Ticker => {
  let waiting = new AbortController();
  const runOne = async (dueAt: number, isTick: boolean): Promise<boolean> => {
    const polling = waiting;
    try {
      onRecord(await cycle(instant(dueAt), isTick ? clock.sleep(cycleMs * POLL_SHARE, polling.signal) : null));
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
      let tickAt: number = clock.now();
      let quietUntil = tickAt;
      while (!signal.aborted) {
        const isTick = !waiting.signal.aborted || clock.now() >= tickAt;
        failures = (await runOne(isTick ? tickAt : clock.now(), isTick)) ? 0 : failures + 1;
        if (failures >= FAILURES_BEFORE_EXIT) throw new Error(`${failures} cycles failed in a row`);
        if (isTick) tickAt = Math.max(tickAt + cycleMs, clock.now());
        else quietUntil = clock.now() + LEAST_GAP_MS;
        await clock.sleep(Math.min(quietUntil, tickAt) - clock.now());
        await clock.sleep(tickAt - clock.now(), waiting.signal);
      }
    },
  };
};
