import { describe, expect, test } from "vitest";
import { planSite } from "#controller/allocation/plan.ts";
import { createCycle, type CycleRecord } from "#controller/loop/cycle.ts";
import { createOverloadWatch } from "#controller/loop/overload.ts";
import { createPoller } from "#controller/loop/poll.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { createSessions, NO_SESSIONS } from "#controller/loop/sessions/sessions.ts";
import { createTicker } from "#controller/loop/ticker.ts";
import { createWriter } from "#controller/loop/write.ts";
import { fault } from "#controller/model/fault.ts";
import { allPhases } from "#controller/model/phase.ts";
import type { StationDriver } from "#controller/model/ports.ts";
import { failed, ok } from "#controller/model/result.ts";
import type { Clock } from "#controller/model/time.ts";
import { overloadSite, STATION_MAX_A, METER } from "#test/bench/overload-site.ts";
import { percentile } from "#test/bench/percentile.ts";
import { createPushedMeter } from "#test/bench/pushed-meter.ts";
import { createSteppedClock } from "#test/support/stepped-clock.ts";

const STATIONS = 100;
const DEAD = 10;
const SLOW = 10;
const ANSWER_MS = 20;
const SLOW_ANSWER_MS = 800;
const TIMEOUT_MS = 1000;
const MINUTE = 60_000;

/** A station with a vehicle that charges at what it is told, after so long; null: it never answers. */
const createStation = (station: string, clock: Clock, answerMs: number | null) => {
  let toldA = 0;
  const after = async <T>(value: () => T) => {
    await clock.sleep(answerMs ?? TIMEOUT_MS);
    return answerMs === null ? failed(fault("timeout", station, "no answer")) : ok(value());
  };
  const driver: StationDriver = {
    station,
    poll: () => {
      const sampledAt = clock.now();
      return after(() => [
        {
          evse: `${station}/1`,
          sampledAt,
          state: "C",
          terminalA: allPhases(toldA),
          offeredA: toldA,
          powerW: null,
          energyWh: null,
          failsafeA: 6,
          failsafeTimeoutMs: 60_000,
        },
      ]);
    },
    write: (_evse, currentA) =>
      after(() => {
        toldA = currentA;
        return null;
      }),
    isFailsafeProven: () => true,
    close: async () => undefined,
  };
  return { driver, toldA: () => toldA };
};

/** The loop over the given stations on a clock that only the test moves on. */
const runSite = () => {
  const clock = createSteppedClock();
  const site = overloadSite(STATIONS);
  const image = createProcessImage(site);
  const answerMs = (i: number): number | null => (i < DEAD ? null : i < DEAD + SLOW ? SLOW_ANSWER_MS : ANSWER_MS);
  const stations = site.stations.map(({ id }, i) => createStation(id, clock, answerMs(i)));
  const toldA = (from: number): number => stations.slice(from).reduce((sum, each) => sum + each.toldA(), 0);
  const meter = createPushedMeter(METER, clock, () => toldA(0));
  const overload = createOverloadWatch(site, image);
  const drivers = stations.map(({ driver }) => driver);
  const poller = createPoller({
    stations: drivers,
    meters: [meter.driver],
    inverters: [],
    image,
    clock,
    onMeterSample: (reading) => (overload(reading) ? ticker.wake() : undefined),
  });
  const byId = new Map(drivers.map((driver) => [driver.station, driver]));
  const writer = createWriter({ site, stations: byId, image, clock });
  const sessions = createSessions({ site, clock, stored: NO_SESSIONS, save: async () => undefined });
  const records: CycleRecord[] = [];
  const ticker = createTicker({
    clock,
    cycleMs: site.cycleMs,
    cycle: createCycle({
      plan: planSite(site),
      image,
      poller,
      sessions,
      writer,
      clock,
      limitsAt: ({ limits }) => limits,
    }),
    onRecord: (record) => void records.push(record),
    onError: (error) => {
      throw error;
    },
  });
  const stopping = new AbortController();
  void ticker.run(stopping.signal);
  return { clock, meter, records, toldA, stop: () => stopping.abort() };
};

describe("a hundred stations of which ten are dead and ten take 800 ms (row 25)", () => {
  test("cycle on time, and those that answer are read in every cycle", async () => {
    const { clock, records, stop } = runSite();
    await clock.advance(5 * MINUTE);
    stop();
    const tookMs = records.map(({ startedAt, snapshot }) => snapshot.at - startedAt);
    const gapsMs = records.slice(1).map(({ startedAt }, i) => startedAt - (records[i]?.startedAt ?? 0));
    expect(records).toHaveLength(300);
    expect(percentile(tookMs, 0.99)).toBeLessThanOrEqual(1000);
    expect(Math.max(...tookMs, ...gapsMs)).toBeLessThanOrEqual(2000);
    for (const { snapshot, startedAt } of records) {
      const fresh = [...snapshot.evses.values()].filter(({ sampledAt }) => sampledAt >= startedAt);
      expect(fresh.length).toBeGreaterThanOrEqual(STATIONS - DEAD - SLOW);
    }
  });

  test("charge in all but the dead ones", async () => {
    const { clock, records, toldA, stop } = runSite();
    await clock.advance(5 * MINUTE);
    stop();
    const reachable = [...(records.at(-1)?.snapshot.contacts.values() ?? [])].filter(({ isReachable }) => isReachable);
    expect(reachable).toHaveLength(STATIONS - DEAD);
    expect(toldA(DEAD)).toBe((STATIONS - DEAD) * STATION_MAX_A);
  });

  test("are lowered by the sample that shows an overload, without waiting for any of them", async () => {
    const { clock, meter, records, toldA, stop } = runSite();
    await clock.advance(MINUTE + 500);
    const before = toldA(DEAD + SLOW);
    meter.push(DEAD * STATION_MAX_A + STATIONS);
    await clock.advance(ANSWER_MS);
    stop();
    expect(records.at(-1)?.startedAt).toBe(MINUTE + 500);
    expect(toldA(DEAD + SLOW)).toBeLessThanOrEqual(before - (STATIONS - DEAD - SLOW));
  });
});
