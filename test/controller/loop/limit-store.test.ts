import { describe, expect, test } from "vitest";
import { createLimitStore, type StoredLimit } from "#controller/loop/limit-store.ts";
import { limitInForce } from "#controller/model/limit.ts";
import { allPhases } from "#controller/model/phase.ts";
import { instant, type Clock } from "#controller/model/time.ts";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const HOUR = 3_600_000;
const { site } = openVirtualSite(smallDay([{ phases: 3, maxA: 32 }], 100, 0));
const lease = (limitA: number, afterwardsA: number) =>
  ({
    type: "set-lease",
    circuit: "grid",
    limitA: allPhases(limitA),
    durationMs: HOUR,
    afterwardsA: allPhases(afterwardsA),
  }) as const;
const operating = (limitA: number) => ({ type: "set-limit", circuit: "grid", limitA: allPhases(limitA) }) as const;

const open = (stored: readonly StoredLimit[] = []) => {
  const time = { nowMs: 0, wallMs: 1e12 };
  let kept: readonly StoredLimit[] = stored;
  const clock: Clock = { now: () => instant(time.nowMs), wallMs: () => time.wallMs, sleep: async () => undefined };
  const store = createLimitStore({
    site,
    clock,
    stored,
    save: async (next) => {
      kept = next;
    },
  });
  const lowestA = () => Math.min(100, ...store.limits().map((limit) => limitInForce(limit, clock.now())[0]));
  return { store, time, lowestA, kept: () => kept };
};

describe("limits at run time", () => {
  test("never exceed the sealed limit, and say so", async () => {
    const { store, lowestA } = open();
    expect(await store.apply(operating(630))).toMatchObject({ outcome: "clamped" });
    expect(lowestA()).toBe(100);
  });

  test("hold side by side: the lowest wins (R5)", async () => {
    const { store, lowestA } = open();
    await store.apply(operating(40));
    await store.apply(lease(60, 50));
    expect(lowestA()).toBe(40);
  });

  test("end by the monotonic clock, whatever the wall clock does (R10)", async () => {
    const { store, time, lowestA } = open();
    await store.apply(lease(20, 90));
    time.wallMs += 2 * HOUR;
    await store.apply({ type: "set-limit", circuit: "elsewhere", limitA: null });
    await store.apply(operating(95));
    expect(lowestA()).toBe(20);
    time.nowMs += HOUR;
    expect(lowestA()).toBe(90);
  });

  test("after a restart a lease that restricts holds and one that permits has expired (R10)", async () => {
    const before = open();
    await before.store.apply(lease(20, 90));
    expect(open(before.kept()).lowestA()).toBe(20);
    await before.store.apply(lease(80, 30));
    expect(open(before.kept()).lowestA()).toBe(30);
  });

  test("refuse a circuit that does not exist", async () => {
    expect(await open().store.apply({ ...operating(10), circuit: "nowhere" })).toMatchObject({ outcome: "refused" });
  });
});
