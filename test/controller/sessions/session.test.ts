import { describe, expect, test } from "vitest";
import type { EvseReading } from "#controller/model/reading.ts";
import { instant } from "#controller/model/time.ts";
import { beginSession, followSession, type Session } from "#controller/sessions/session.ts";

const SUPPLY = { voltageV: 230, mostW: 22_000 };
const MINUTE = 60_000;

const at = (ms: number, over: Partial<EvseReading> = {}): EvseReading => ({
  evse: "bay/1",
  sampledAt: instant(ms),
  state: "C",
  terminalA: null,
  offeredA: null,
  powerW: null,
  energyWh: null,
  failsafeA: null,
  failsafeTimeoutMs: null,
  ...over,
});

/** What was delivered at the end of these readings. */
const deliveredWh = (...readings: readonly EvseReading[]): number | null => {
  const [first = at(0), ...rest] = readings;
  return rest.reduce<Session>((session, each) => followSession(session, each, SUPPLY), beginSession(first, true))
    .deliveredWh;
};

const counted = (...wh: readonly number[]) => wh.map((energyWh, minute) => at(minute * MINUTE, { energyWh }));

describe("the energy of a session", () => {
  test("is what the station's counter rose since plug-in", () => {
    expect(deliveredWh(...counted(50_000, 50_100, 50_250))).toBe(250);
  });

  test("goes on from where it is when the counter starts again", () => {
    expect(deliveredWh(...counted(50_000, 50_100, 0, 80))).toBe(180);
  });

  test("does not believe a counter that leaps further than the EVSE can deliver", () => {
    expect(deliveredWh(...counted(50_000, 0, 50_000, 50_100))).toBe(100);
  });

  test("counts what flowed while the station was silent, where it has a counter", () => {
    expect(deliveredWh(at(0, { energyWh: 1000 }), at(60 * MINUTE, { energyWh: 12_000 }))).toBe(11_000);
  });

  test("is not counted twice when the counter is missing from a reading", () => {
    const terminalA = [16, 16, 16] as const;
    const missing = at(MINUTE, { terminalA });
    expect(deliveredWh(at(0, { energyWh: 1000 }), missing, at(2 * MINUTE, { energyWh: 1300 }))).toBe(300);
  });

  test("is current and voltage over time where there is no counter", () => {
    const terminalA = [10, 10, 10] as const;
    const minute = Array.from({ length: 61 }, (_, s) => at(s * 1000, { terminalA }));
    expect(deliveredWh(...minute)).toBeCloseTo(115);
  });

  test("takes the power instead where the station tells it", () => {
    const terminalA = [10, 10, 10] as const;
    expect(deliveredWh(at(0), at(10_000, { terminalA, powerW: 6600 }))).toBeCloseTo(18.33, 1);
  });

  test("does not take a current to have flowed through a silence", () => {
    expect(deliveredWh(at(0), at(60 * MINUTE, { terminalA: [16, 16, 16] }))).toBe(0);
  });

  test("is unknown where nothing is measured", () => {
    expect(deliveredWh(at(0), at(1000))).toBeNull();
  });

  test("counts each sample once", () => {
    const sample = at(10_000, { powerW: 36_000 });
    expect(deliveredWh(at(0), sample, sample)).toBe(100);
  });
});
