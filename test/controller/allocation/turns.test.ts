import { expect, test } from "vitest";
import type { Claim } from "#controller/allocation/division/claims.ts";
import { turnOrder } from "#controller/allocation/division/turns.ts";
import { UNKNOWN_NEED } from "#controller/model/need.ts";
import { instant } from "#controller/model/time.ts";

const MINUTE = 60_000;

const claim = (evse: string, served: number | null, waiting: number | null): Claim => ({
  evse,
  priority: 0,
  weight: 1,
  arrivedAt: instant(0),
  wattsPerA: 230,
  isIdle: false,
  need: UNKNOWN_NEED,
  history: {
    setpointA: served === null ? 0 : 6,
    servedSince: served === null ? null : instant(served * MINUTE),
    waitingSince: waiting === null ? null : instant(waiting * MINUTE),
    pauses: 0,
    learned: null,
  },
  rows: Int32Array.of(0),
  minA: 6,
  maxA: 32,
  stepA: 1,
});

test("a turn that runs comes first, then the longest waiting, and of those whose turn is over the longest served gives way", () => {
  const claims = [
    claim("served for an hour", 0, null),
    claim("served for half an hour", 30, null),
    claim("just started", 55, null),
    claim("waits for long", null, 10),
    claim("has just come", null, 59),
  ];
  const turns = turnOrder(claims, instant(60 * MINUTE));
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
