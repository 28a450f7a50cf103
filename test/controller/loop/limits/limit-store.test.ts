import { describe, expect, test } from "vitest";
import { createLimitStore, type StoredLimit } from "#controller/loop/limits/limit-store.ts";
import { limitInForce, type LimitValue, type SetSource } from "#controller/model/limit.ts";
import { allPhases } from "#controller/model/phase.ts";
import { instant, type Clock } from "#controller/model/time.ts";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const HOUR = 3_600_000;
const { site } = openVirtualSite(smallDay([{ phases: 3, maxA: 32 }], 100, 0));
const amps = (limitA: number): LimitValue => ({ limitA: allPhases(limitA), powerW: null });
const limit = (limitA: number, source: SetSource = "operating") =>
  ({ type: "set-limit", circuit: "grid", source, value: amps(limitA), lease: null }) as const;
const lease = (limitA: number, afterwardsA: number, source: SetSource = "flow") => ({
  ...limit(limitA, source),
  lease: { durationMs: HOUR, afterwards: amps(afterwardsA) },
});

const open = (stored: readonly StoredLimit[] = []) => {
  const time = { nowMs: 0, wallMs: 1e12 };
  const clock: Clock = { now: () => instant(time.nowMs), wallMs: () => time.wallMs, sleep: async () => undefined };
  const store = createLimitStore({ site, clock, stored });
  const lowestA = () =>
    Math.min(100, ...store.limits().map((each) => limitInForce(each, clock.now()).limitA?.[0] ?? 100));
  return { store, time, lowestA };
};

describe("limits at run time", () => {
  test("never exceed the sealed limit, and say so", () => {
    const { store, lowestA } = open();
    expect(store.apply(limit(630))).toMatchObject({ outcome: "clamped" });
    expect(lowestA()).toBe(100);
  });

  test("hold side by side: the lowest wins (R5)", () => {
    const { store, lowestA } = open();
    store.apply(limit(40));
    store.apply(limit(30, "csms"));
    store.apply(lease(60, 50));
    expect(lowestA()).toBe(30);
    store.apply({ ...limit(0, "csms"), value: null });
    expect(lowestA()).toBe(40);
  });

  test("of one source replace each other", () => {
    const { store, lowestA } = open();
    store.apply(limit(40));
    store.apply(lease(60, 50, "operating"));
    expect(lowestA()).toBe(60);
  });

  test("may bound the power alone, and leave the current as it is", () => {
    const { store, lowestA } = open();
    store.apply({ ...limit(0), value: { limitA: null, powerW: 20_000 } });
    expect(lowestA()).toBe(100);
    expect(store.limits()[0]?.powerW).toBe(20_000);
  });

  test("of the CSMS are followed by what is no higher, never by nothing (R5)", () => {
    const { store, lowestA } = open();
    expect(store.apply(lease(20, 21, "csms"))).toMatchObject({ outcome: "refused" });
    expect(store.limits()).toEqual([]);
    expect(store.apply(lease(20, 20, "csms"))).toMatchObject({ outcome: "applied" });
    expect(lowestA()).toBe(20);
  });

  test("end by the monotonic clock, whatever the wall clock does (R10)", () => {
    const { store, time, lowestA } = open();
    store.apply(lease(20, 90));
    time.wallMs += 2 * HOUR;
    store.apply({ ...limit(0), circuit: "elsewhere" });
    store.apply(limit(95));
    expect(lowestA()).toBe(20);
    time.nowMs += HOUR;
    expect(lowestA()).toBe(90);
  });

  test("after a restart a lease that restricts holds and one that permits has expired (R10)", () => {
    const before = open();
    before.store.apply(lease(20, 90));
    expect(open(before.store.stored()).lowestA()).toBe(20);
    before.store.apply(lease(80, 30));
    expect(open(before.store.stored()).lowestA()).toBe(30);
  });

  test("refuse a circuit that does not exist", () => {
    expect(open().store.apply({ ...limit(10), circuit: "nowhere" })).toMatchObject({ outcome: "refused" });
  });
});
