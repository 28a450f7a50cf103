import { instant, type Clock } from "#controller/model/time.ts";

/** A clock whose sleepers wake when it is moved on to their time. */
export type SteppedClock = Clock & {
  /** Moves on sleeper by sleeper; resolves when everything that they started has come to rest. */
  advance(ms: number): Promise<void>;
};

/** A stepped clock that shows 0. */
export const createSteppedClock = (): SteppedClock => {
  let nowMs = 0;
  let sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];
  const rest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const moveTo = async (ms: number): Promise<void> => {
    nowMs = ms;
    for (const { wake } of sleepers.filter(({ untilMs }) => untilMs <= ms)) wake();
    sleepers = sleepers.filter(({ untilMs }) => untilMs > ms);
    await rest();
  };
  return {
    now: () => instant(nowMs),
    wallMs: () => nowMs,
    sleep: (ms, signal) => {
      if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        sleepers.push({ untilMs: nowMs + ms, wake: resolve });
        signal?.addEventListener("abort", () => resolve(), { once: true });
      });
    },
    async advance(ms) {
      const endMs = nowMs + ms;
      const nextMs = (): number => Math.min(endMs, ...sleepers.map(({ untilMs }) => untilMs));
      await rest();
      while (nextMs() < endMs) await moveTo(nextMs());
      await moveTo(endMs);
    },
  };
};
