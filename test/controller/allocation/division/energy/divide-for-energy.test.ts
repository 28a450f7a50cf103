import { describe, expect, test } from "vitest";
import type { Claim } from "#controller/allocation/division/claims.ts";
import { divideForEnergy } from "#controller/allocation/division/energy/divide-for-energy.ts";
import { PLAIN_WISH, type Wish } from "#controller/allocation/strategies/strategy.ts";
import { LEAST_ON_MS, MOST_PAUSES } from "#controller/allocation/timing.ts";
import { instant } from "#controller/model/time.ts";
import { claim } from "#test/controller/support/parts.ts";

const NOW = instant(10 * LEAST_ON_MS);
const ago = (ms: number) => instant(NOW - ms);
/** Long enough on to be paused, and never paused before. */
const running = (setpointA = 6) => ({ setpointA, servedSince: ago(LEAST_ON_MS), pauses: 0 });

type Case = readonly [claim: Claim, wish?: Partial<Wish>];

const divide = (cases: readonly Case[], headroomA: Float64Array, isThorough = false, guaranteeMinimums = false) =>
  divideForEnergy(
    cases.map(([each]) => each),
    cases.map(([, wish]) => ({ ...PLAIN_WISH, ...wish })),
    headroomA,
    { now: NOW, isThorough, guaranteeMinimums },
  );
const currents = (cases: readonly Case[], ...roomA: readonly number[]) =>
  divide(cases, Float64Array.from(roomA)).map(({ currentA }) => currentA);

describe("a division for energy", () => {
  const three = (part: Parameters<typeof claim>[0] = {}) => claim({ rows: [0, 1, 2], wattsPerA: 690, ...part });

  test("gives the room to the vehicle that takes most power of it", () => {
    expect(currents([[claim()], [three()]], 10, 10, 10)).toEqual([0, 10]);
  });

  test("gives the room to what is worth most", () => {
    expect(currents([[claim()], [claim(), { value: 3 }]], 20)).toEqual([0, 20]);
    expect(currents([[claim(), { value: 3 }], [claim()]], 20)).toEqual([20, 0]);
  });

  test("lets others start with what is left", () => {
    expect(currents([[claim()], [claim({ maxA: 10 }), { value: 3 }]], 16)).toEqual([6, 10]);
  });

  test("gives everybody what is needed before anybody more", () => {
    const needy = { floorA: 10, floorValue: 32 };
    expect(
      currents(
        [
          [claim(), needy],
          [claim(), { value: 3 }],
        ],
        30,
      ),
    ).toEqual([10, 20]);
    expect(
      currents(
        [
          [claim(), needy],
          [claim(), { value: 3 }],
        ],
        50,
      ),
    ).toEqual([18, 32]);
    expect(
      currents(
        [
          [claim({ maxA: 8 }), needy],
          [claim(), { value: 3 }],
        ],
        50,
      ),
    ).toEqual([8, 32]);
  });

  test("starts a vehicle that would get most of its minimum, and none that would get little", () => {
    const cases: readonly Case[] = [[claim({ maxA: 16 }), { value: 2 }], [claim()]];
    expect(currents(cases, 20)).toEqual([16, 0]);
    expect(currents(cases, 21)).toEqual([15, 6]);
  });

  test("keeps a running vehicle that would get a good part of its minimum", () => {
    const cases: readonly Case[] = [[claim({ maxA: 16 }), { value: 2 }], [claim({ history: running() })]];
    expect(currents(cases, 17)).toEqual([16, 0]);
    expect(currents(cases, 18)).toEqual([12, 6]);
  });

  test("prefers a running vehicle to one of the same worth that would have to be started", () => {
    expect(currents([[claim()], [claim({ history: running() })]], 6)).toEqual([0, 6]);
    expect(currents([[claim({ history: running() })], [claim()]], 6)).toEqual([6, 0]);
  });

  test("prefers the earlier of two that are worth the same", () => {
    expect(
      currents(
        [
          [claim(), { order: 1 }],
          [claim(), { order: 0 }],
        ],
        11,
      ),
    ).toEqual([11, 0]);
    const cases = (orders: readonly number[]): readonly Case[] =>
      orders.map((order) => [claim({ maxA: 6, rows: [0] }), { order, floorA: 0 }]);
    expect(currents(cases([0, 1, 2]), 12)).toEqual([6, 6, 0]);
  });

  test("pauses nobody for others who was started lately, or paused often", () => {
    const other: Case = [three(), { value: 9 }];
    const at = (part: Parameters<typeof claim>[0]): Case => [claim(part)];
    expect(currents([at({ history: running() }), other], 6, 6, 6)).toEqual([0, 6]);
    expect(currents([at({ history: { ...running(), servedSince: ago(LEAST_ON_MS - 1) } }), other], 6, 6, 6)).toEqual([
      6, 0,
    ]);
    expect(currents([at({ history: { ...running(), pauses: MOST_PAUSES } }), other], 6, 6, 6)).toEqual([6, 0]);
    expect(currents([at({ history: { ...running(), pauses: MOST_PAUSES - 1 } }), other], 6, 6, 6)).toEqual([0, 6]);
    expect(currents([at({ history: { ...running(), servedSince: null } }), other], 6, 6, 6)).toEqual([0, 6]);
  });

  test("owes those who are off nothing, however lately they were on and however often paused", () => {
    const off = { setpointA: 0, servedSince: ago(1), pauses: MOST_PAUSES };
    expect(currents([[claim({ history: off })], [three(), { value: 9 }]], 6, 6, 6)).toEqual([0, 6]);
  });

  test("does the same when it looks for better choices", () => {
    const lately = { ...running(), servedSince: ago(1) };
    const given = divide([[claim({ history: lately })], [three(), { value: 9 }]], Float64Array.of(6, 6, 6), true);
    expect(given.map(({ currentA }) => currentA)).toEqual([6, 0]);
  });

  test("serves idle vehicles after all others, whatever they had", () => {
    const idle = claim({ isIdle: true, history: { ...running(), servedSince: ago(1) } });
    expect(currents([[idle], [claim(), { value: 8 }]], 11)).toEqual([0, 11]);
    expect(currents([[idle, { value: 0.01 }], [claim({ maxA: 10 })]], 17)).toEqual([7, 10]);
  });

  test("keeps below a ceiling, on a step, and gives nothing where that is below the minimum", () => {
    expect(currents([[claim(), { ceilingA: 9.9 }]], 40)).toEqual([9]);
    expect(currents([[claim(), { ceilingA: 6 }]], 40)).toEqual([6]);
    const given = divide([[claim(), { ceilingA: 5.9 }], [claim()]], Float64Array.of(40));
    expect(given).toMatchObject([
      { currentA: 0, boundBy: -1, isAdmitted: false },
      { currentA: 32, isAdmitted: true },
    ]);
  });

  test("keeps who runs before it starts another, and starts who would get most", () => {
    const tight: Case = [claim({ maxA: 6 }), { value: 2 }];
    expect(currents([tight, [claim({ history: running() })]], 10.5)).toEqual([0, 10]);
    expect(currents([[claim()], tight], 10.5)).toEqual([0, 6]);
    const lately = { ...running(), servedSince: ago(1) };
    expect(currents([[three(), { value: 9 }], [claim({ history: lately })]], 6, 6, 6)).toEqual([0, 6]);
  });

  test("serves among those it owes nothing who is worth most, then who comes first", () => {
    const first: Case = [claim({ maxA: 8, history: running() })];
    const idle = (wish: Partial<Wish>): Case => [claim({ maxA: 6, isIdle: true }), wish];
    expect(currents([first, idle({ value: 2 }), idle({ value: 3 })], 14)).toEqual([8, 0, 6]);
    expect(currents([first, idle({ value: 2, order: 1 }), idle({ value: 2, order: 0 })], 14)).toEqual([8, 0, 6]);
  });

  test("looks for choices that are worth more, not for more amperes, and leaves alone who must stay", () => {
    const thorough = (cases: readonly Case[], ...roomA: readonly number[]) =>
      divide(cases, Float64Array.from(roomA), true).map(({ currentA }) => currentA);
    expect(thorough([[claim({ maxA: 16 }), { value: 8 }], [claim()]], 20)).toEqual([16, 0]);
    const lately = { ...running(), servedSince: ago(1) };
    expect(
      thorough([[claim({ history: lately })], [three(), { value: 9 }], [claim({ rows: [3] })]], 6, 6, 6, 9),
    ).toEqual([6, 0, 9]);
  });

  test("names no row for who came to its maximum by a spare step", () => {
    const given = divide([[claim({ maxA: 11 }), { value: 2 }], [claim()]], Float64Array.of(40));
    expect(given).toMatchObject([
      { currentA: 11, boundBy: -1 },
      { currentA: 29, boundBy: 0 },
    ]);
  });

  test("uses what steps leave, most valuable first", () => {
    const needs = (floorA: number) => ({ floorA, floorValue: 9, value: 0.1 });
    const fine = { stepA: 0.5, maxA: 8 };
    expect(currents([[claim(), needs(14.7)], [claim(fine)]], 20.7)).toEqual([14, 6.5]);
    const coarse: Case = [claim({ stepA: 5, minA: 10 }), needs(11.4)];
    const kept: Case = [claim({ ...fine, history: running() }), { value: 1.2 }];
    expect(currents([coarse, kept, [claim(fine), { value: 1.5 }]], 23.4)).toEqual([10, 6, 7]);
    expect(currents([coarse, kept, [claim({ ...fine, maxA: 6.5 }), { value: 1.5 }]], 23.4)).toEqual([10, 6.5, 6.5]);
  });

  test("names the row that bound it; none for who has all it may have", () => {
    const headroomA = Float64Array.of(90, 20);
    const given = divide(
      [[claim({ rows: [0], maxA: 10 })], [claim({ rows: [0, 1] })], [claim({ rows: [0, 1] }), { value: 0.1 }]],
      headroomA,
    );
    expect(given).toMatchObject([
      { currentA: 10, boundBy: -1, isAdmitted: true },
      { currentA: 20, boundBy: 1, isAdmitted: true },
      { currentA: 0, boundBy: 1, isAdmitted: false },
    ]);
    expect([...headroomA]).toEqual([60, 0]);
  });

  test("names the row without room for a minimum, even where a step would fit", () => {
    const given = divide([[claim({ rows: [1] })], [claim({ rows: [0, 1] })]], Float64Array.of(5, 40));
    expect(given).toMatchObject([{ currentA: 32 }, { currentA: 0, boundBy: 0, isAdmitted: false }]);
  });

  test("uses only what a row has, counted once for each phase where it stands for power", () => {
    expect(currents([[three({ rows: [0, 1, 2, 3, 3, 3] })]], 32, 32, 32, 40)).toEqual([13]);
  });
});

describe("guaranteed minimums in a division for energy", () => {
  const guaranteed = (cases: readonly Case[], roomA: number) =>
    divide(cases, Float64Array.of(roomA), true, true).map(({ currentA }) => currentA);
  const high: Case = [claim({ priority: 1 }), { value: 8 }];

  test("come before maximums of higher classes", () => {
    expect(guaranteed([[claim()], high, [claim()]], 32)).toEqual([6, 20, 6]);
  });

  test("are those of higher classes first, even where a lower one runs", () => {
    expect(guaranteed([[claim({ history: running() })], high], 11)).toEqual([0, 11]);
    expect(guaranteed([high, [claim({ history: running() })], [claim({ history: running() })]], 12)).toEqual([6, 6, 0]);
  });

  test("pause nobody who was started lately, and are not for idle vehicles", () => {
    expect(guaranteed([[claim({ history: { ...running(), servedSince: ago(1) } })], high], 11)).toEqual([11, 0]);
    expect(guaranteed([[claim({ isIdle: true })], high], 32)).toEqual([0, 32]);
  });
});
