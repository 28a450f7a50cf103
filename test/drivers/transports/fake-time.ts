import { vi } from "vitest";
import { instant, type Clock } from "#controller/model/time.ts";

/** Makes timers virtual, and gives the clock that shows their time. */
export const startFakeTime = (): Clock => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  return { now: () => instant(Date.now()), wallMs: () => Date.now(), sleep: () => Promise.resolve() };
};

/** What a promise gives, moving virtual time on from timer to timer until it does. */
export const awaitInFakeTime = async <T>(pending: Promise<T>): Promise<T> => {
  let isSettled = false;
  const settled = pending.finally(() => {
    isSettled = true;
  });
  while (!isSettled) await vi.advanceTimersToNextTimerAsync();
  return settled;
};
