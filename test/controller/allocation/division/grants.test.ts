import { NOTHING_AHEAD } from "#controller/allocation/strategies/strategy.ts";
import { describe, expect, test } from "vitest";
import type { Claim } from "#controller/allocation/division/claims.ts";
import { divideFairly } from "#controller/allocation/division/fair.ts";
import { grantClaims } from "#controller/allocation/division/grants.ts";
import { classesOf, oneByOne } from "#controller/allocation/division/priority.ts";
import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import { PLAIN_WISH, type Wish } from "#controller/allocation/strategies/strategy.ts";
import type { StrategyName } from "#controller/model/strategy.ts";
import { instant } from "#controller/model/time.ts";
import { claim } from "#test/controller/support/parts.ts";

const grants = (strategy: StrategyName, claims: readonly Claim[], headroomA: Float64Array, guaranteeMinimums = false) =>
  grantClaims(claims, headroomA, {
    strategy: STRATEGIES[strategy],
    outlook: { ...NOTHING_AHEAD, now: instant(0) },
    guaranteeMinimums,
  });
const currents = (strategy: StrategyName, claims: readonly Claim[], ...roomA: readonly number[]) =>
  grants(strategy, claims, Float64Array.from(roomA)).map(({ currentA }) => currentA);

describe("classes", () => {
  const claims = [
    claim({ priority: 1 }),
    claim({ priority: 2 }),
    claim({ priority: 9, isIdle: true }),
    claim({ priority: 2 }),
  ];

  test("come highest first, and idle vehicles after all others", () => {
    expect(classesOf(claims)).toEqual([[1, 3], [0], [2]]);
  });

  test("are taken one claim at a time where an order is wished", () => {
    const wishes = [3, 7, 0, 2].map((order) => ({ order }));
    expect(oneByOne(claims, wishes)).toEqual([[3], [1], [0], [2]]);
  });
});

describe("equal shares", () => {
  test("are the same for everybody, whatever the weight", () => {
    expect(currents("equal-share", [claim({ weight: 3 }), claim()], 30)).toEqual([15, 15]);
  });

  test("go to the highest class first, and the next gets what is left", () => {
    expect(currents("equal-share", [claim(), claim({ priority: 1, maxA: 20 })], 30)).toEqual([10, 20]);
    expect(currents("equal-share", [claim(), claim({ priority: 1 })], 30)).toEqual([0, 30]);
  });

  test("leave the minimum to lower classes where that is guaranteed", () => {
    const headroomA = Float64Array.of(30);
    const given = grants("equal-share", [claim(), claim({ priority: 1 })], headroomA, true);
    expect(given.map(({ currentA }) => currentA)).toEqual([6, 24]);
    expect(headroomA[0]).toBeCloseTo(0);
  });

  test("guarantee the minimum of a higher class before that of a lower one", () => {
    const given = grants("equal-share", [claim(), claim({ priority: 1 })], Float64Array.of(10), true);
    expect(given.map(({ currentA }) => currentA)).toEqual([0, 10]);
  });

  test("name the row that bound them, and none for who has all it asks for", () => {
    const given = grants(
      "equal-share",
      [claim({ rows: [0, 1], maxA: 10 }), claim({ rows: [0, 1] })],
      Float64Array.of(90, 30),
    );
    expect(given).toMatchObject([
      { currentA: 10, boundBy: -1, isAdmitted: true },
      { currentA: 20, boundBy: 1, isAdmitted: true },
    ]);
  });

  test("are zero for those whose minimum does not fit, and the row that lacked room is named", () => {
    const claims = [claim({ rows: [1] }), claim({ rows: [0, 1] }), claim({ rows: [1] })];
    const given = grants("equal-share", claims, Float64Array.of(5, 13));
    expect(given).toMatchObject([
      { currentA: 7, isAdmitted: true },
      { currentA: 0, boundBy: 0, isAdmitted: false },
      { currentA: 6, boundBy: 1, isAdmitted: true },
    ]);
  });

  test("name no row for who came to its maximum by a spare step", () => {
    const given = grants("equal-share", [claim({ maxA: 11 }), claim({ maxA: 11 })], Float64Array.of(21));
    expect(given).toMatchObject([
      { currentA: 11, boundBy: -1 },
      { currentA: 10, boundBy: 0 },
    ]);
  });

  test("spend the headroom they are given", () => {
    const headroomA = Float64Array.of(40);
    grants("equal-share", [claim({ maxA: 10 }), claim({ maxA: 11 })], headroomA);
    expect(headroomA[0]).toBeCloseTo(19);
  });
});

test("weighted shares follow the weight of the EVSE", () => {
  expect(currents("weighted", [claim({ weight: 3 }), claim()], 40)).toEqual([30, 10]);
});

test("weighted shares are taken in turns where not all minimums fit", () => {
  const served = claim({ history: { servedSince: instant(0) } });
  const waiting = claim({ weight: 9, history: { waitingSince: instant(0) } });
  expect(currents("weighted", [waiting, served], 9)).toEqual([0, 9]);
});

describe("first come", () => {
  const at = (ms: number, part: Parameters<typeof claim>[0] = {}) => claim({ arrivedAt: instant(ms), ...part });

  test("takes all it can use, and the next what is left", () => {
    expect(currents("first-come", [at(3), at(1), at(2)], 50)).toEqual([0, 32, 18]);
  });

  test("is never left out so that more others are served", () => {
    expect(currents("first-come", [at(1, { rows: [0, 1] }), at(2), at(3, { rows: [1] })], 6, 6)).toEqual([6, 0, 0]);
  });

  test("comes after higher classes", () => {
    expect(currents("first-come", [at(1), at(2, { priority: 1 })], 40)).toEqual([8, 32]);
  });
});

describe("a fair division by wishes", () => {
  const divided = (claims: readonly Claim[], wishes: readonly Wish[], roomA: number) =>
    divideFairly(claims, wishes, Float64Array.of(roomA), { classes: classesOf(claims), guaranteeMinimums: false });

  test("keeps below a ceiling, on a step", () => {
    const wish = { ...PLAIN_WISH, ceilingA: 9.7 };
    expect(divided([claim(), claim()], [wish, PLAIN_WISH], 40)).toMatchObject([
      { currentA: 9, boundBy: -1 },
      { currentA: 31, boundBy: 0 },
    ]);
  });

  test("gives nothing where the ceiling is below the minimum, and names no row for it", () => {
    const wish = { ...PLAIN_WISH, ceilingA: 5.9 };
    expect(divided([claim(), claim()], [wish, PLAIN_WISH], 20)).toMatchObject([
      { currentA: 0, boundBy: -1, isAdmitted: false },
      { currentA: 20, isAdmitted: true },
    ]);
    expect(divided([claim()], [{ ...PLAIN_WISH, ceilingA: 6 }], 20)).toMatchObject([{ currentA: 6 }]);
  });

  test("leaves out who may yield, and keeps who may not, where more others could be served", () => {
    const claims = [claim({ minA: 12 }), claim(), claim()];
    const wishes = (mayYield: boolean) => claims.map((_, order) => ({ ...PLAIN_WISH, order, mayYield }));
    expect(divided(claims, wishes(true), 12).map(({ currentA }) => currentA)).toEqual([0, 6, 6]);
    expect(divided(claims, wishes(false), 12).map(({ currentA }) => currentA)).toEqual([12, 0, 0]);
  });
});
