import type { LiveEvse, LiveFrame } from "#controller/protocol/live-frame.ts";
import type { LiveState } from "./live.ts";

/** The state of the site in one word. */
export type SiteState = "connecting" | "normal" | "limited" | "fallback" | "stopped" | "offline";

const LIMITING: ReadonlySet<string> = new Set(["circuit-limit", "waiting-turn", "waiting-others", "meter-old"]);
const CONNECTED: ReadonlySet<string | null> = new Set(["B", "C", "D"]);

/** Whether a vehicle is plugged in. */
export const hasVehicle = ({ state, isReachable }: LiveEvse): boolean => isReachable && CONNECTED.has(state);

/** Whether a vehicle takes current. */
export const isCharging = ({ state, isReachable }: LiveEvse): boolean =>
  isReachable && (state === "C" || state === "D");

/** Whether a vehicle gets less than it could take because of a limit. */
export const isHeldBack = (evse: LiveEvse): boolean => hasVehicle(evse) && LIMITING.has(evse.reason.code);

/** Cautious assumptions stand in for data: a meter is old or lost, or a station is silent. */
const isInFallback = ({ circuits, evses }: LiveFrame): boolean =>
  circuits.some(({ meter }) => meter !== null && meter.state !== "fresh") ||
  evses.some(({ isReachable }) => !isReachable);

/** The gravest thing that is true of the site. */
export const siteState = ({ frame, status }: LiveState): SiteState => {
  if (status === "offline") return "offline";
  if (frame === null) return "connecting";
  if (frame.site.isEmergencyStopped) return "stopped";
  if (isInFallback(frame)) return "fallback";
  return frame.evses.some(isHeldBack) ? "limited" : "normal";
};
