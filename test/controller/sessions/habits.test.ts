import { describe, expect, test } from "vitest";
import { instant } from "#controller/model/time.ts";
import { estimatedNeed, type PastSession, usualSession } from "#controller/sessions/habits.ts";

const HOUR = 3_600_000;
const TUESDAY = 1;
const THURSDAY = 3;
const SUNDAY = 6;
const tuesdayAtNine = { key: "bay/1", weekday: TUESDAY, hour: 9 };

const past = (stayH: number, over: Partial<PastSession> = {}): PastSession => ({
  ...tuesdayAtNine,
  stayMs: stayH * HOUR,
  energyWh: stayH * 1000,
  ...over,
});
const usualH = (...sessions: readonly PastSession[]): number | null => {
  const usual = usualSession(sessions, tuesdayAtNine);
  return usual === null ? null : usual.stayMs / HOUR;
};

describe("what is usual after an arrival", () => {
  test("is not known as long as there are fewer than three similar sessions", () => {
    expect(usualSession([past(9), past(9)], tuesdayAtNine)).toBeNull();
  });

  test("is not known as long as no energy was measured", () => {
    const silent = [past(9), past(9), past(9)].map((each) => ({ ...each, energyWh: null }));
    expect(usualSession(silent, tuesdayAtNine)).toBeNull();
  });

  test("is the median of similar sessions, which one odd session does not move", () => {
    expect(usualSession([past(8), past(9), past(8), past(9), past(72)], tuesdayAtNine)).toEqual({
      stayMs: 9 * HOUR,
      energyWh: 9000,
    });
  });

  test("follows a habit that changes: only the newest sessions count", () => {
    const before = Array.from({ length: 30 }, () => past(9));
    const since = Array.from({ length: 8 }, () => past(5));
    expect(usualH(...before, ...since)).toBe(5);
  });

  test("is that weekday's where it is known, else that of the same kind of day at this EVSE", () => {
    const thursdays = [past(3), past(3), past(3)].map((each) => ({ ...each, weekday: THURSDAY }));
    expect(usualH(...thursdays)).toBe(3);
    expect(usualH(past(8), past(8), past(8), ...thursdays)).toBe(8);
  });

  test("is the whole site's where the EVSE has no habit yet", () => {
    const elsewhere = [past(6), past(6), past(6)].map((each) => ({ ...each, key: "bay/2" }));
    expect(usualH(...elsewhere)).toBe(6);
    expect(usualH(...elsewhere, past(8), past(8), past(8))).toBe(8);
  });

  test.each([
    ["other hours", { hour: 18 }],
    ["weekends", { weekday: SUNDAY }],
  ])("is not learned from %s", (_name, over) => {
    expect(usualH(past(1, over), past(1, over), past(1, over))).toBeNull();
  });

  test("knows that 23:30 and 00:30 are near", () => {
    const late = [past(7), past(7), past(7)].map((each) => ({ ...each, hour: 23.5 }));
    expect(usualSession(late, { ...tuesdayAtNine, hour: 0.5 })?.stayMs).toBe(7 * HOUR);
  });

  test("learns the stay where energy was not measured, and the energy where it was", () => {
    const silent = [past(9), past(9), past(9)].map((each) => ({ ...each, energyWh: null }));
    const elsewhere = [past(2), past(2), past(2)].map((each) => ({ ...each, key: "bay/2" }));
    expect(usualSession([...elsewhere, ...silent], tuesdayAtNine)).toEqual({ stayMs: 9 * HOUR, energyWh: 2000 });
  });
});

describe("the estimated need of a session", () => {
  const usual = { stayMs: 8 * HOUR, energyWh: 10_000 };
  const after = (hours: number, deliveredWh: number | null) =>
    estimatedNeed(usual, { pluggedAt: instant(HOUR), deliveredWh }, instant((1 + hours) * HOUR));

  test("is the rest of a usual one", () => {
    expect(after(2, 3000)).toEqual({ departsAt: 9 * HOUR, energyWh: 7000, isEstimated: true });
    expect(after(2, null)).toMatchObject({ energyWh: 10_000 });
  });

  test("is extended when the vehicle stays longer or takes more: it is never dropped to nothing", () => {
    for (let hours = 0; hours < 48; hours += 0.1) {
      const { departsAt, energyWh } = after(hours, hours * 1000);
      expect((departsAt ?? 0) - (1 + hours) * HOUR).toBeGreaterThanOrEqual(HOUR - 1);
      expect(energyWh).toBeGreaterThanOrEqual(1249);
    }
  });

  test("is never nothing, even where vehicles usually take nothing", () => {
    const nothing = { stayMs: 0, energyWh: 0 };
    const need = estimatedNeed(nothing, { pluggedAt: instant(0), deliveredWh: 0 }, instant(0));
    expect(need).toMatchObject({ departsAt: 10 * 60_000, energyWh: 2000 });
  });

  test("is extended in steps, not from cycle to cycle", () => {
    const departures = new Set(Array.from({ length: 3600 }, (_, s) => after(9 + s / 3600, 0).departsAt));
    expect(departures.size).toBeLessThanOrEqual(2);
  });
});
