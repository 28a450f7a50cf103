import { useEffect, useState } from "preact/hooks";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";

const STREAM = "/api/v1/stream";
const STALE_AFTER_MS = 3000;
const STALE_AFTER_CYCLES = 3;
const CHECK_MS = 500;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 15_000;

/** What the page knows: the newest frame, and whether it is still news. */
export type LiveState = {
  readonly frame: LiveFrame | null;
  readonly status: "connecting" | "live" | "offline";
  /** When the news stopped, ISO 8601; null: they did not. */
  readonly offlineSince: string | null;
};

const isStale = (frame: LiveFrame | null, ageMs: number): boolean =>
  ageMs > Math.max(STALE_AFTER_MS, STALE_AFTER_CYCLES * (frame?.cycleMs ?? 0));

/**
 * Follows the site until the returned function is called. The browser reconnects a broken stream by itself; one that was
 * refused, or that is open and silent, is opened anew with growing pauses.
 */
const follow = (onChange: (state: LiveState) => void): (() => void) => {
  let state: LiveState = { frame: null, status: "connecting", offlineSince: null };
  let newsAt = performance.now();
  let newsTime = new Date().toISOString();
  let openedAt = newsAt;
  let retryMs = FIRST_RETRY_MS;

  const become = (next: LiveState): void => {
    state = next;
    onChange(state);
  };
  const receive = (event: MessageEvent<string>): void => {
    const frame: LiveFrame = JSON.parse(event.data);
    newsAt = performance.now();
    newsTime = new Date().toISOString();
    retryMs = FIRST_RETRY_MS;
    become({ frame, status: "live", offlineSince: null });
  };
  const open = (): EventSource => {
    openedAt = performance.now();
    const opened = new EventSource(STREAM);
    opened.addEventListener("message", receive);
    return opened;
  };

  let source = open();
  const check = (): void => {
    const now = performance.now();
    if (!isStale(state.frame, now - newsAt)) return;
    if (state.status !== "offline") become({ ...state, status: "offline", offlineSince: newsTime });
    const pauseMs = source.readyState === EventSource.CLOSED ? retryMs : LAST_RETRY_MS;
    if (now - openedAt < pauseMs) return;
    retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    source.close();
    source = open();
  };
  const timer = setInterval(check, CHECK_MS);
  return () => {
    clearInterval(timer);
    source.close();
  };
};

/** The site as it is now; the component is drawn anew each cycle. */
export const useLive = (): LiveState => {
  const [state, setState] = useState<LiveState>({ frame: null, status: "connecting", offlineSince: null });
  useEffect(() => follow(setState), []);
  return state;
};
