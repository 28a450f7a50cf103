import { describe, expect, test } from "vitest";
import type { Need } from "#controller/model/need.ts";
import type { PriceSlot } from "#controller/model/price.ts";
import type { Snapshot } from "#controller/model/snapshot.ts";
import type { StrategyName } from "#controller/model/strategy.ts";
import { instant } from "#controller/model/time.ts";
import { trueCurrents } from "#drivers/simulator/world/world.ts";
import { openVirtualSite, smallDay, type VirtualSite } from "#test/support/virtual-site.ts";

const HOUR = 3_600_000;
const DEAR = 0.4;
const CHEAP = 0.1;
const CARS = { lowersAfterMs: 2000, raisesAfterMs: 3000, onePhaseMs: 0, tapersFrom: 1 };

const slot = (fromHour: number, untilHour: number, pricePerKwh: number): PriceSlot => ({
  from: instant(fromHour * HOUR),
  until: instant(untilHour * HOUR),
  pricePerKwh,
});

/** Dear but for the hours from 4 to 8. */
const TWO_PRICES = [slot(0, 4, DEAR), slot(4, 8, CHEAP), slot(8, 24, DEAR)];

type Plan = {
  readonly departsAtHour: number | null;
  readonly energyWh: number | null;
};

type Scene = {
  readonly plans: readonly Plan[];
  readonly prices?: readonly PriceSlot[];
  readonly limitA?: number;
  readonly strategy?: StrategyName;
};

/** Three-phase cars of 16 A that are there all day; each follows its plan. Needs shrink as vehicles are charged. */
const open = ({ plans, prices = TWO_PRICES, limitA = 100, strategy = "cheapest" }: Scene) => {
  const day = smallDay(
    plans.map(() => ({ phases: 3, maxA: 16 }) as const),
    limitA,
    0,
  );
  const sessions = day.sessions.map((session, i) => ({
    ...session,
    departurePeriod: plans[i]?.departsAtHour ?? 24,
    requestedWh: plans[i]?.energyWh ?? session.requestedWh,
  }));
  const bill = { cost: 0, energyWh: plans.map(() => 0) };
  const virtual: VirtualSite = openVirtualSite(
    { ...day, sessions },
    {
      cycleMs: 10_000,
      habits: CARS,
      strategy,
      amend: (snapshot) => ({ ...snapshot, prices, needs: needsOf(snapshot) }),
    },
  );
  const needsOf = (snapshot: Snapshot): Snapshot["needs"] =>
    new Map(
      plans
        .map(({ departsAtHour, energyWh }, i): [string, Need] => [
          `s${i}/1`,
          {
            departsAt: departsAtHour === null ? null : instant(departsAtHour * HOUR),
            energyWh: energyWh === null ? null : Math.max(0, energyWh - (bill.energyWh[i] ?? 0)),
            isEstimated: false,
          },
        ])
        .filter(([evse]) => snapshot.evses.has(evse)),
    );
  const run = async (untilHour: number): Promise<void> => {
    let before = virtual.world.nowMs;
    await virtual.run(untilHour * HOUR, (nowMs) => {
      const price = prices.find(({ from, until }) => from <= before && before < until)?.pricePerKwh ?? 0;
      plans.forEach((_, i) => {
        const drawnA = virtual.last()?.allocation.observed[i]?.drawnA ?? [0, 0, 0];
        const energyWh = ((drawnA[0] + drawnA[1] + drawnA[2]) * 230 * (nowMs - before)) / HOUR;
        bill.energyWh[i] = (bill.energyWh[i] ?? 0) + energyWh;
        bill.cost += (energyWh / 1000) * price;
      });
      before = nowMs;
    });
  };
  return { virtual, bill, run };
};

const setpoints = ({ last }: VirtualSite): readonly number[] =>
  last()?.allocation.setpoints.map(({ currentA }) => currentA) ?? [];
const reasons = ({ last }: VirtualSite): readonly string[] =>
  last()?.allocation.setpoints.map(({ reason }) => reason.code) ?? [];

const drawnA = ({ last }: VirtualSite): readonly number[] =>
  last()?.allocation.observed.map((each) => Math.max(...(each.drawnA ?? [0]))) ?? [];

/** 11 kW for an hour. */
const ONE_HOUR_WH = 16 * 690;

describe("charging where it is cheapest", () => {
  test("a day of two prices costs a quarter of an equal share, with the same energy by the departures", async () => {
    const plans = [
      { departsAtHour: 10, energyWh: 3 * ONE_HOUR_WH },
      { departsAtHour: 9, energyWh: 2 * ONE_HOUR_WH },
      { departsAtHour: 12, energyWh: ONE_HOUR_WH },
    ];
    const cheap = open({ plans });
    await cheap.run(12);
    const equal = open({ plans, strategy: "equal-share" });
    await equal.run(12);
    plans.forEach(({ energyWh }, i) => {
      expect(cheap.bill.energyWh[i]).toBeGreaterThan(energyWh * 0.99);
      expect(equal.bill.energyWh[i]).toBeGreaterThan(energyWh * 0.99);
    });
    expect(cheap.bill.cost).toBeLessThan(equal.bill.cost * 0.26);
  });

  test("waits for the cheap hours, and says so", async () => {
    const { virtual, run } = open({ plans: [{ departsAtHour: 10, energyWh: 2 * ONE_HOUR_WH }] });
    await run(3.9);
    expect(setpoints(virtual)).toEqual([0]);
    expect(reasons(virtual)).toEqual(["price"]);
    await run(4.1);
    expect(drawnA(virtual)).toEqual([16]);
  });

  test("charges at any price what the cheap hours do not suffice for, and no more", async () => {
    const { bill, run } = open({ plans: [{ departsAtHour: 8, energyWh: 5 * ONE_HOUR_WH }] });
    await run(4);
    expect(bill.energyWh[0]).toBeGreaterThan(0.95 * ONE_HOUR_WH);
    expect(bill.energyWh[0]).toBeLessThan(1.15 * ONE_HOUR_WH);
    await run(8);
    expect(bill.energyWh[0]).toBeGreaterThan(0.98 * 5 * ONE_HOUR_WH);
  });

  test("reckons with a circuit that cannot serve all in the cheap hours", async () => {
    const plans = Array.from({ length: 4 }, () => ({ departsAtHour: 8, energyWh: 3 * ONE_HOUR_WH }));
    const { bill, run, virtual } = open({ plans, limitA: 32 });
    await run(8);
    for (const energyWh of bill.energyWh) expect(energyWh).toBeGreaterThan(0.95 * 3 * ONE_HOUR_WH);
    expect(Math.max(...trueCurrents(virtual.world, "grid", "all"))).toBeLessThanOrEqual(32);
  });

  test("charges at the dear price before a departure that comes before the cheap hours", async () => {
    const { bill, run } = open({ plans: [{ departsAtHour: 3, energyWh: ONE_HOUR_WH }] });
    await run(3);
    expect(bill.energyWh[0]).toBeGreaterThan(0.98 * ONE_HOUR_WH);
  });

  test("a vehicle with an unknown need charges in the cheaper half of the day alone", async () => {
    const prices = [slot(0, 6, DEAR), slot(6, 12, CHEAP), slot(12, 18, DEAR), slot(18, 24, CHEAP)];
    const { virtual, run } = open({ plans: [{ departsAtHour: null, energyWh: null }], prices });
    await run(5);
    expect(setpoints(virtual)).toEqual([0]);
    await run(7);
    expect(drawnA(virtual)).toEqual([16]);
  });

  test("a vehicle with an unknown need is charged at any price in the last hours before it leaves", async () => {
    const prices = [slot(0, 12, DEAR), slot(12, 24, CHEAP)];
    const { virtual, run } = open({ plans: [{ departsAtHour: 8, energyWh: null }], prices });
    await run(4.9);
    expect(setpoints(virtual)).toEqual([0]);
    await run(5.1);
    expect(drawnA(virtual)).toEqual([16]);
  });

  test("a vehicle nobody knows anything of is not left without for longer than a working day", async () => {
    const { virtual, run } = open({
      plans: [{ departsAtHour: null, energyWh: null }],
      prices: [slot(0, 14, DEAR), slot(14, 24, CHEAP)],
    });
    await run(8.9);
    expect(setpoints(virtual)).toEqual([0]);
    await run(9.1);
    expect(drawnA(virtual)).toEqual([16]);
  });

  test("waits for nothing while no price is known", async () => {
    const { virtual, run } = open({
      plans: [{ departsAtHour: 10, energyWh: ONE_HOUR_WH * 3 }],
      prices: [slot(4, 8, CHEAP)],
    });
    await run(0.1);
    expect(drawnA(virtual)).toEqual([16]);
  });

  test("one price all day is no reason to wait", async () => {
    const { virtual, run } = open({
      plans: [
        { departsAtHour: 20, energyWh: ONE_HOUR_WH },
        { departsAtHour: null, energyWh: null },
      ],
      prices: [slot(0, 24, DEAR)],
    });
    await run(0.1);
    expect(drawnA(virtual)).toEqual([16, 16]);
  });

  test("stops and starts no more often than prices change", async () => {
    const prices = Array.from({ length: 24 }, (_, hour) => slot(hour, hour + 1, hour % 4 === 3 ? CHEAP : DEAR));
    const { virtual, run, bill } = open({ plans: [{ departsAtHour: 20, energyWh: 4 * ONE_HOUR_WH }], prices });
    await run(20);
    expect(virtual.last()?.allocation.memory.evses.get("s0/1")?.pauses).toBeLessThanOrEqual(6);
    expect(bill.energyWh[0]).toBeGreaterThan(0.97 * 4 * ONE_HOUR_WH);
  });
});
