import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scheduleReader, SCHEDULE_STEP_MS } from "#controller/limits/schedule.ts";
import type { ScheduleEntry } from "#controller/model/limit.ts";

const ALL = [1, 2, 3, 4, 5, 6, 7];
const entry = (weekdays: readonly number[], from: string, to: string, powerW: number): ScheduleEntry => ({
  weekdays,
  fromMinute: minutes(from),
  toMinute: minutes(to),
  limitA: null,
  powerW,
});
const minutes = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 60 + minute;
};
const read = scheduleReader("Europe/Berlin");
const at = (iso: string) => (entries: readonly ScheduleEntry[]) => {
  const { value, untilWallMs, afterwards } = read(entries, Date.parse(iso));
  return [
    value?.powerW ?? null,
    untilWallMs === null ? null : new Date(untilWallMs).toISOString().slice(0, 16),
    afterwards?.powerW ?? null,
  ];
};

describe("a weekly schedule", () => {
  const WORK = [entry([1, 2, 3, 4, 5], "07:00", "19:00", 50_000)];

  test("holds within its times on its days, on the site's clock, and says until when", () => {
    expect(at("2026-03-02T05:59:59Z")(WORK)).toEqual([null, "2026-03-02T06:00", 50_000]);
    expect(at("2026-03-02T06:00:00Z")(WORK)).toEqual([50_000, "2026-03-02T18:00", null]);
    expect(at("2026-03-06T18:00:00Z")(WORK)).toEqual([null, "2026-03-09T06:00", 50_000]);
    expect(at("2026-07-06T05:00:00Z")(WORK)).toEqual([50_000, "2026-07-06T17:00", null]);
  });

  test("may run over midnight, and begins on the days it names", () => {
    const night = [entry([7], "22:00", "06:00", 9000)];
    expect(at("2026-03-01T20:00:00Z")(night)).toEqual([null, "2026-03-01T21:00", 9000]);
    expect(at("2026-03-02T04:59:00Z")(night)).toEqual([9000, "2026-03-02T05:00", null]);
    expect(at("2026-03-02T22:00:00Z")(night)[0]).toBeNull();
  });

  test("holds the lowest where entries overlap", () => {
    const both = [...WORK, entry(ALL, "17:00", "24:00", 30_000)];
    expect(at("2026-03-02T15:00:00Z")(both)).toEqual([50_000, "2026-03-02T16:00", 30_000]);
    expect(at("2026-03-02T16:00:00Z")(both)).toEqual([30_000, "2026-03-02T23:00", null]);
  });

  test("never ends where nothing ever changes", () => {
    expect(at("2026-03-02T15:00:00Z")([])).toEqual([null, null, null]);
    expect(at("2026-03-02T15:00:00Z")([entry(ALL, "00:00", "24:00", 1)])).toEqual([1, null, null]);
  });

  test("skips the hour that summer time skips", () => {
    const early = [entry([7], "02:00", "03:00", 1), entry([7], "02:30", "05:00", 2)];
    expect(at("2026-03-29T00:45:00Z")(early)).toEqual([null, "2026-03-29T01:00", 2]);
    expect(at("2026-03-29T01:00:00Z")(early)).toEqual([2, "2026-03-29T03:00", null]);
  });

  test("holds twice in the hour that comes twice", () => {
    const early = [entry([7], "02:15", "02:45", 1)];
    expect(at("2026-10-25T00:00:00Z")(early)).toEqual([null, "2026-10-25T00:15", 1]);
    expect(at("2026-10-25T00:15:00Z")(early)).toEqual([1, "2026-10-25T00:45", null]);
    expect(at("2026-10-25T00:45:00Z")(early)).toEqual([null, "2026-10-25T01:15", 1]);
  });

  test("holds as a whole where the clock was never set", () => {
    expect(at("1970-01-01T12:00:00Z")([...WORK, entry([2], "01:00", "02:00", 7)])).toEqual([7, null, null]);
  });

  test("changes at the time it named and not before, in every zone", () => {
    const zones = fc.constantFrom("Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "UTC");
    const step = fc.nat(95).map((n) => n * 15);
    const entries = fc.array(
      fc.record({
        weekdays: fc.uniqueArray(fc.constantFrom(...ALL), { minLength: 1 }),
        fromMinute: step,
        toMinute: step.map((n) => n + 15),
        limitA: fc.constant(null),
        powerW: fc.nat(9),
      }),
      { minLength: 1, maxLength: 4 },
    );
    const moment = fc.integer({ min: Date.parse("2026-01-01"), max: Date.parse("2028-01-01") });
    fc.assert(
      fc.property(zones, entries, moment, (zone, list, wallMs) => {
        const inZone = scheduleReader(zone);
        const now = inZone(list, wallMs);
        if (now.untilWallMs === null) return;
        expect(now.untilWallMs).toBeGreaterThan(wallMs);
        expect(now.untilWallMs % SCHEDULE_STEP_MS).toBe(0);
        expect(inZone(list, now.untilWallMs).value).toEqual(now.afterwards);
        const between = wallMs + (now.untilWallMs - wallMs) * 0.7;
        expect(inZone(list, between).value).toEqual(now.value);
        expect(inZone(list, now.untilWallMs - 1).value).toEqual(now.value);
      }),
      { numRuns: 60 },
    );
  });
});
