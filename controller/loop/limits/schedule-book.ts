import { scheduleReader, SCHEDULE_STEP_MS, type ScheduleNow } from "../../limits/schedule.ts";
import type { Limit, Schedule } from "../../model/limit.ts";
import type { Site } from "../../model/site.ts";
import { instant, type Clock } from "../../model/time.ts";

/** The weekly schedules of the circuits, set at run time. */
export type ScheduleBook = {
  schedules(): readonly Schedule[];
  /** Replaces the schedule of a circuit; without entries it has none. */
  set(schedule: Schedule): void;
  /** What the schedules limit now, each until it says something else. */
  limits(): readonly Limit[];
};

type Standing = { readonly circuit: string; readonly now: ScheduleNow };

/** The book as it was left. A schedule is read again at each step of the wall clock, also when that clock is set. */
export const createScheduleBook = (site: Site, clock: Clock, stored: readonly Schedule[]): ScheduleBook => {
  const read = scheduleReader(site.timezone);
  let schedules = stored.filter(({ circuit }) => site.circuits.some(({ id }) => id === circuit));
  let known: { readonly step: number; readonly standings: readonly Standing[] } | null = null;
  return {
    schedules: () => schedules,
    set(schedule) {
      const others = schedules.filter(({ circuit }) => circuit !== schedule.circuit);
      schedules = schedule.entries.length === 0 ? others : [...others, schedule];
      known = null;
    },
    limits() {
      const wallMs = clock.wallMs();
      const step = Math.floor(wallMs / SCHEDULE_STEP_MS);
      if (known?.step !== step)
        known = { step, standings: schedules.map(({ circuit, entries }) => ({ circuit, now: read(entries, wallMs) })) };
      return known.standings.flatMap((standing) => limitOf(standing, clock, wallMs));
    },
  };
};

const limitOf = ({ circuit, now }: Standing, clock: Clock, wallMs: number): readonly Limit[] => {
  if (now.value === null) return [];
  const lease =
    now.untilWallMs === null
      ? null
      : {
          expiresAt: instant(clock.now() + now.untilWallMs - wallMs),
          afterwards: now.afterwards ?? { limitA: null, powerW: null },
        };
  return [{ circuit, source: "schedule", scope: "all", ...now.value, lease }];
};
