import { randomUUID } from "node:crypto";
import Type, { type Static } from "typebox";
import type { LiveFrame } from "../../../protocol/live-frame.ts";
import type { ScheduleEntry } from "../../../model/limit.ts";
import { carryOut } from "../../commands.ts";
import { Problem } from "../../problem.ts";
import { ChangeHeaders, CurrentOrPhases, Id, Outcome, Power, toPhases, toVector } from "../../schemas.ts";
import { etagOf, requireVersion } from "../../version.ts";
import { requireCircuit, requireFrame, type Route } from "../route.ts";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const MINUTES_OF_DAY = 1440;

const Params = Type.Object({ id: Id });
const Weekday = Type.Enum([...WEEKDAYS]);

/** Times are quarters of an hour on the site's clock; `to` not later than `from` is on the next day. */
const Entry = Type.Object(
  {
    weekdays: Type.Array(Weekday, { minItems: 1, maxItems: 7 }),
    from: Type.String({ pattern: "^([01][0-9]|2[0-3]):(00|15|30|45)$", maxLength: 5 }),
    to: Type.String({ pattern: "^(([01][0-9]|2[0-3]):(00|15|30|45)|24:00)$", maxLength: 5 }),
    limitA: Type.Optional(CurrentOrPhases),
    powerW: Type.Optional(Power),
  },
  { additionalProperties: false },
);

type Entry = Static<typeof Entry>;

const Body = Type.Object({ entries: Type.Array(Entry, { maxItems: 50 }) }, { additionalProperties: false });

const ScheduleNow = Type.Object({
  circuit: Id,
  timezone: Type.String({ maxLength: 60 }),
  entries: Type.Array(Entry, { maxItems: 50 }),
});

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

const toEntry = ({ weekdays, from, to, limitA, powerW }: Entry): ScheduleEntry => {
  if (limitA === undefined && powerW === undefined)
    throw new Problem(400, "invalid-request", "Give each entry limitA, powerW or both.");
  return {
    weekdays: weekdays.map((day) => WEEKDAYS.indexOf(day) + 1),
    fromMinute: minuteOf(from),
    toMinute: minuteOf(to) || MINUTES_OF_DAY,
    limitA: limitA === undefined ? null : toVector(limitA),
    powerW: powerW ?? null,
  };
};

const fromEntry = ({ weekdays, fromMinute, toMinute, limitA, powerW }: ScheduleEntry): Entry => ({
  weekdays: weekdays.flatMap((day) => WEEKDAYS[day - 1] ?? []),
  from: timeOf(fromMinute),
  to: timeOf(toMinute),
  ...(limitA === null ? {} : { limitA: toPhases(limitA) }),
  ...(powerW === null ? {} : { powerW }),
});

const scheduleNow = ({ schedules, site }: LiveFrame, circuit: string): Static<typeof ScheduleNow> => ({
  circuit,
  timezone: site.timezone,
  entries: (schedules.find((schedule) => schedule.circuit === circuit)?.entries ?? []).map(fromEntry),
});

/** The weekly schedule of limits of a circuit, on the site's clock: read it or replace it as a whole. */
export const circuitSchedule: Route = (app, context) => {
  const path = "/api/v1/circuits/:id/schedule";

  app.get(path, { schema: { params: Params, response: { 200: ScheduleNow } } }, async ({ params }, reply) => {
    const schedule = scheduleNow(requireFrame(context), requireCircuit(context, params.id).id);
    reply.header("etag", etagOf(schedule));
    return schedule;
  });

  const schema = { params: Params, headers: ChangeHeaders, body: Body, response: { 200: Outcome } };
  app.put(path, { schema }, async ({ params, headers, body }) => {
    const { id: circuit } = requireCircuit(context, params.id);
    requireVersion(scheduleNow(requireFrame(context), circuit), headers["if-match"]);
    const entries = body.entries.map(toEntry);
    return carryOut(context.port, headers["idempotency-key"] ?? randomUUID(), {
      type: "set-schedule",
      circuit,
      entries,
    });
  });
};
