import type { Arrival } from "../../sessions/habits.ts";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Turns wall time, ms since 1970, into day of the week and hour of the day in a time zone. */
export const createLocalTime = (timeZone: string): ((wallMs: number) => Omit<Arrival, "key">) => {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  });
  return (wallMs) => {
    const parts = new Map(format.formatToParts(wallMs).map(({ type, value }) => [type, value]));
    return {
      weekday: Math.max(0, WEEKDAYS.indexOf(parts.get("weekday") ?? "")),
      hour: Number(parts.get("hour")) + Number(parts.get("minute")) / 60,
    };
  };
};
