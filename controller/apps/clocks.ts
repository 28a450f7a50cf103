import { hrtime } from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { instant, type Clock } from "../model/time.ts";

const monotonicMs = (): number => Number(hrtime.bigint()) / 1e6;

/** The machine's clock, or with a scale above 1 one that runs that much faster: for a simulated site on real sockets. */
export const createClock = (scale = 1): Clock => {
  const startedMs = monotonicMs();
  const startedWallMs = Date.now();
  return {
    now: () => instant(scale === 1 ? monotonicMs() : startedMs + (monotonicMs() - startedMs) * scale),
    wallMs: () => (scale === 1 ? Date.now() : startedWallMs + (monotonicMs() - startedMs) * scale),
    async sleep(ms, signal) {
      if (ms <= 0 || signal?.aborted === true) return;
      await wait(ms / scale, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    },
  };
};
