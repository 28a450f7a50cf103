import { expect, test } from "vitest";
import { planSite } from "#controller/allocation/plan.ts";
import type { CycleRecord } from "#controller/loop/cycle.ts";
import { toLiveFrame } from "#controller/loop/live-frame.ts";
import { createWaitedBook, type WaitedBook } from "#controller/loop/waited-book.ts";
import { instant } from "#controller/model/time.ts";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import type { Day } from "#drivers/simulator/world/day-file.ts";
import { stepBuilding } from "#drivers/simulator/world/world.ts";
import { openVirtualSite, smallDay, type VirtualOptions, type VirtualSite } from "#test/support/virtual-site.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Explained = { readonly virtual: VirtualSite; readonly book: WaitedBook; readonly frame: () => LiveFrame };

/** A virtual site with the book that counts what waits, and its live frame. */
const explain = (day: Day, options: VirtualOptions = {}): Explained => {
  let book: WaitedBook | null = null;
  const onRecord = (record: CycleRecord): void => book?.note(record);
  const virtual = openVirtualSite(day, { ...options, onRecord });
  const now = (): number => virtual.world.nowMs;
  const clock = { now: () => instant(now()), wallMs: now, sleep: async () => undefined };
  const { site } = virtual;
  const counted = createWaitedBook({ plan: planSite(site), clock, stored: [], save: async () => undefined });
  book = counted;
  const frame = (): LiveFrame => {
    const record = virtual.last();
    if (record === null) throw new Error("no cycle yet");
    return toLiveFrame(record, { site, clock, limits: virtual.limits, fallbackOf: () => "proven", waited: counted });
  };
  return { virtual, book: counted, frame };
};

const three = { phases: 3, maxA: 32 } as const;
const sum = (values: readonly number[] | undefined): number => (values ?? []).reduce((total, each) => total + each, 0);

test("two vehicles that share a full circuit are told what each would get alone, and what one more ampere would bring", async () => {
  const { virtual, frame } = explain(smallDay([three, three], 50, 10));
  await virtual.run(3 * MINUTE);
  expect(frame().evses.map(({ setpointA }) => setpointA)).toEqual([20, 20]);
  expect(frame().evses.map(({ aloneA }) => aloneA)).toEqual([32, 32]);
  expect(sum(frame().circuits[0]?.shadowPriceW)).toBe(690);
});

test("where nothing is scarce, an ampere brings nothing and nothing waits", async () => {
  const { virtual, frame } = explain(smallDay([three], 60, 10));
  await virtual.run(10 * MINUTE);
  expect(frame().evses.map(({ aloneA }) => aloneA)).toEqual([32]);
  expect(sum(frame().circuits[0]?.shadowPriceW)).toBe(0);
  expect(frame().circuits[0]?.waited).toEqual([]);
});

test("the building alone may be what holds a vehicle back", async () => {
  const { virtual, frame } = explain(smallDay([three], 40, 25));
  await virtual.run(3 * MINUTE);
  expect(frame().evses.map(({ setpointA, aloneA }) => [setpointA, aloneA])).toEqual([[15, 15]]);
});

test("energy that a full circuit makes wait is counted, hour after hour, each vehicle against what it would get alone", async () => {
  const { virtual, book } = explain(smallDay([three, three], 50, 10));
  await virtual.run(3 * MINUTE);
  const before = sum(book.of("grid")[0]?.phasesWh);
  await virtual.run(3 * MINUTE + HOUR / 2);
  const inHalfAnHourWh = sum(book.of("grid")[0]?.phasesWh) - before;
  expect(inHalfAnHourWh).toBeCloseTo((2 * (32 - 20) * 690) / 2, -2);
  expect(book.of("grid").map(({ day }) => day)).toEqual(["1970-01-01"]);
});

test("a step of the building is remembered and asks for a reserve, while vehicles that rise and fall ask for none", async () => {
  const { virtual, frame } = explain(smallDay([three, three, three], 100, 20));
  await virtual.run(5 * MINUTE);
  expect(frame().circuits[0]?.reserveAskedA).toBe(0);
  stepBuilding(virtual.world, "grid", "L2", 30);
  await virtual.run(10 * MINUTE);
  expect(frame().circuits[0]?.reserveAskedA).toBe(17);
  stepBuilding(virtual.world, "grid", "L2", -30);
  await virtual.run(15 * MINUTE);
  expect(frame().circuits[0]?.reserveAskedA).toBe(17);
});

test("a meter that is lost and comes back teaches no step", async () => {
  const { virtual, frame } = explain(smallDay([three, three, three], 100, 20));
  await virtual.run(5 * MINUTE);
  virtual.meterFaults.set("meter-grid", () => "silent");
  await virtual.run(6 * MINUTE);
  stepBuilding(virtual.world, "grid", "L1", 30);
  await virtual.run(7 * MINUTE);
  virtual.meterFaults.delete("meter-grid");
  await virtual.run(10 * MINUTE);
  expect(frame().circuits[0]?.reserveAskedA).toBe(0);
});

test("a meter that ages is trusted the less the larger the steps were that it showed", async () => {
  const loadAfterSilence = async (stepA: number): Promise<number> => {
    const { virtual, frame } = explain(smallDay([], 100, 20));
    await virtual.run(2 * MINUTE);
    stepBuilding(virtual.world, "grid", "L1", stepA);
    await virtual.run(3 * MINUTE);
    stepBuilding(virtual.world, "grid", "L1", -stepA);
    await virtual.run(4 * MINUTE);
    virtual.meterFaults.set("meter-grid", () => "silent");
    await virtual.run(4 * MINUTE + 5000);
    return frame().circuits[0]?.buildingA[0] ?? 0;
  };
  const [calm, stepping] = [await loadAfterSilence(0), await loadAfterSilence(30)];
  expect(calm).toBeGreaterThan(20);
  expect(calm).toBeLessThan(23);
  expect(stepping).toBeGreaterThan(40);
});
