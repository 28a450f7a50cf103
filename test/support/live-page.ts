import { setTimeout as sleep } from "node:timers/promises";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";

const PATIENCE_MS = 60_000;

/** The newest live frame of a running site, as its page gets it; null while there is none. */
const liveFrame = async (page: string): Promise<LiveFrame | null> => {
  const response = await fetch(`${page}/api/v1/state`).catch(() => null);
  return response?.ok === true ? ((await response.json()) as LiveFrame) : null;
};

/** Looks at a page until a frame is as told; rejects with `what` when that takes too long. */
export const waitForFrame = async (
  page: string,
  what: string,
  isSo: (now: LiveFrame) => boolean,
  patienceMs = PATIENCE_MS,
): Promise<LiveFrame> => {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 250) {
    const now = await liveFrame(page);
    if (now !== null && isSo(now)) return now;
    await sleep(250);
  }
  throw new Error(`waited ${patienceMs} ms in vain until ${what}`);
};

/** How many EVSEs charge. */
export const chargingCount = ({ evses }: LiveFrame): number =>
  evses.filter(({ drawnA }) => Math.max(...(drawnA ?? [0])) > 5).length;

/** Whether the vehicle at a station charges. */
export const isCharging = ({ evses }: LiveFrame, station: string): boolean =>
  evses.some((evse) => evse.station === station && Math.max(...(evse.drawnA ?? [0])) > 5);
