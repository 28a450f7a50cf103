import { describe, expect, it } from "vitest";
import { createPriceStore, type StoredPrice } from "#controller/loop/price-store.ts";
import { instant, type Clock } from "#controller/model/time.ts";

const HOUR = 3_600_000;
const WALL = 1.8e12;

const hour = (k: number, pricePerKwh: number): StoredPrice => ({
  startsAtWallMs: WALL + k * HOUR,
  endsAtWallMs: WALL + (k + 1) * HOUR,
  pricePerKwh,
});

const open = (stored: readonly StoredPrice[] = []) => {
  const time = { nowMs: 5000, wallMs: WALL };
  let kept = stored;
  const clock: Clock = { now: () => instant(time.nowMs), wallMs: () => time.wallMs, sleep: async () => undefined };
  const store = createPriceStore({
    clock,
    stored,
    save: async (next) => {
      kept = next;
    },
  });
  const set = (prices: readonly StoredPrice[]) => store.apply({ type: "set-prices", prices });
  return { store, set, time, kept: () => kept };
};

describe("prices", () => {
  it("hold from the wall time they name, in the order of time", async () => {
    const { store, set, kept } = open();
    expect(await set([hour(1, 0.2), hour(0, 0.3)])).toEqual({ outcome: "applied", reason: null });
    expect(store.slots()).toEqual([
      { from: 5000, until: 5000 + HOUR, pricePerKwh: 0.3 },
      { from: 5000 + HOUR, until: 5000 + 2 * HOUR, pricePerKwh: 0.2 },
    ]);
    expect(kept()).toEqual([hour(0, 0.3), hour(1, 0.2)]);
  });

  it("are there again after a restart", () => {
    expect(open([hour(0, 0.3)]).store.slots()).toHaveLength(1);
  });

  it("follow the wall clock when it is set", () => {
    const { store, time } = open([hour(0, 0.3)]);
    time.wallMs += HOUR;
    expect(store.slots()[0]?.from).toBe(5000 - HOUR);
  });

  it("replace all that was said before; none ends them", async () => {
    const { store, set } = open([hour(0, 0.3)]);
    await set([hour(2, 0.1)]);
    expect(store.slots().map(({ pricePerKwh }) => pricePerKwh)).toEqual([0.1]);
    await set([]);
    expect(store.slots()).toEqual([]);
  });

  it.each([
    ["ends before it starts", [{ startsAtWallMs: WALL, endsAtWallMs: WALL, pricePerKwh: 1 }]],
    ["overlaps another", [hour(0, 1), { ...hour(0, 2), startsAtWallMs: WALL + 1 }]],
  ])("are refused as a whole when one %s", async (_, prices) => {
    const { store, set } = open([hour(0, 0.3)]);
    expect(await set(prices)).toMatchObject({ outcome: "refused" });
    expect(store.slots().map(({ pricePerKwh }) => pricePerKwh)).toEqual([0.3]);
  });
});
