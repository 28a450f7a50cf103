import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openState } from "#controller/apps/state.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { createManualClock } from "#test/support/manual-clock.ts";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const { site } = openVirtualSite(smallDay([{ phases: 3, maxA: 16 }], 32, 0));
let dataDirectory = "";

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), "headroom-"));
});
afterEach(() => rm(dataDirectory, { recursive: true, force: true }));

const open = async () => {
  const clock = createManualClock();
  const image = createProcessImage(site);
  const state = await openState({ dataDirectory, loaded: { site, gridOperator: null, demand: null }, clock, image });
  return { state, prices: () => image.freeze(clock.now()).prices };
};

it("prices that were set are in the next snapshot, and there again after a restart", async () => {
  const { state, prices } = await open();
  expect(prices()).toEqual([]);
  const price = { startsAtWallMs: 2_000_000, endsAtWallMs: 3_000_000, pricePerKwh: 0.25 };
  expect(await state.apply({ type: "set-prices", prices: [price] })).toMatchObject({ outcome: "applied" });
  const slots = [{ from: 2_000_000, until: 3_000_000, pricePerKwh: 0.25 }];
  expect(prices()).toEqual(slots);
  expect((await open()).prices()).toEqual(slots);
});
