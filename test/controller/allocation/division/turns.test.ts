import { describe, expect, test } from "vitest";
import { turnOrder } from "#controller/allocation/division/turns.ts";
import { TURN_MS } from "#controller/allocation/timing.ts";
import { instant } from "#controller/model/time.ts";
import { claim } from "#test/controller/support/parts.ts";

const MINUTE = 60_000;
const NOW = instant(10 * TURN_MS);
const ago = (ms: number) => instant(NOW - ms);
const served = (ms: number) => claim({ history: { setpointA: 6, servedSince: ago(ms) } });
const waiting = (ms: number) => claim({ history: { waitingSince: ago(ms) } });
const named = (evse: string, one: ReturnType<typeof claim>) => ({ ...one, evse });
const orders = (...claims: readonly ReturnType<typeof claim>[]) => turnOrder(claims, NOW).map(({ order }) => order);
const yields = (one: ReturnType<typeof claim>) => turnOrder([one], NOW)[0]?.mayYield;

describe("turns", () => {
  test("go first to those whose turn runs, then to those who wait, then to those whose turn is over", () => {
    expect(orders(served(TURN_MS), waiting(1), served(TURN_MS - 1))).toEqual([2, 1, 0]);
  });

  test("go to who waited longest, and among those served to who was served first", () => {
    expect(orders(waiting(1000), waiting(3000), waiting(2000))).toEqual([2, 0, 1]);
    expect(orders(served(1000), served(3000))).toEqual([1, 0]);
  });

  test("go to the earlier of two who are alike", () => {
    expect(orders(waiting(1000), waiting(1000), waiting(1000))).toEqual([0, 1, 2]);
    const [first, second] = [claim(), claim()];
    expect(orders(first, second, waiting(1))).toEqual([1, 2, 0]);
  });

  test("are not taken from those whose turn runs, and are from those whose turn is over", () => {
    expect(yields(served(TURN_MS - 1))).toBe(false);
    expect(yields(served(TURN_MS))).toBe(true);
  });

  test("are not denied to who waited a whole turn so that more others are served", () => {
    expect(yields(claim())).toBe(true);
    expect(yields(waiting(TURN_MS - 1))).toBe(true);
    expect(yields(waiting(TURN_MS))).toBe(false);
  });

  test("a turn that runs comes first, then the longest waiting, and of those whose turn is over the longest served gives way", () => {
    const claims = [
      named("served for an hour", served(60 * MINUTE)),
      named("served for half an hour", served(30 * MINUTE)),
      named("just started", served(5 * MINUTE)),
      named("waits for long", waiting(50 * MINUTE)),
      named("has just come", waiting(MINUTE)),
    ];
    const turns = turnOrder(claims, NOW);
    const inOrder = claims.toSorted(
      (a, b) => (turns[claims.indexOf(a)]?.order ?? 0) - (turns[claims.indexOf(b)]?.order ?? 0),
    );
    expect(inOrder.map(({ evse }) => evse)).toEqual([
      "just started",
      "waits for long",
      "has just come",
      "served for half an hour",
      "served for an hour",
    ]);
    expect(turns.map(({ mayYield }) => mayYield)).toEqual([true, true, false, false, true]);
  });
});
