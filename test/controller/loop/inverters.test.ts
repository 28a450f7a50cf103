import { expect, it } from "vitest";
import { createPoller } from "#controller/loop/poll.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { fault } from "#controller/model/fault.ts";
import type { InverterDriver } from "#controller/model/ports.ts";
import { failed, ok } from "#controller/model/result.ts";
import { instant } from "#controller/model/time.ts";
import { createManualClock } from "#test/support/manual-clock.ts";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const { site } = openVirtualSite(smallDay([{ phases: 3, maxA: 16 }], 32, 0));
const ROOF = { inverter: "roof", sampledAt: instant(0), pvPowerW: 5000, batteryPowerW: null };
const READING = { ...ROOF, batterySocPct: null, currentA: null };

const pollerWith = (poll: InverterDriver["poll"]) => {
  const image = createProcessImage(site);
  const inverters = [{ inverter: "roof", poll, close: () => Promise.resolve() }];
  const clock = createManualClock();
  const poller = createPoller({ stations: [], meters: [], inverters, image, clock, onMeterSample: () => undefined });
  return { image, poller };
};

it("the cycle does not wait for an inverter, and takes its answer when it comes", async () => {
  const answer = Promise.withResolvers<Awaited<ReturnType<InverterDriver["poll"]>>>();
  const { image, poller } = pollerWith(() => answer.promise);
  await poller.pollAll(new Promise(() => undefined));
  expect(image.freeze(instant(0)).inverters.size).toBe(0);
  answer.resolve(ok(READING));
  await answer.promise;
  await Promise.resolve();
  expect(image.freeze(instant(1)).inverters.get("roof")).toEqual(READING);
});

it("an inverter that does not answer is a fault until it does", async () => {
  const silent = fault("timeout", "roof", "no answer");
  let isSilent = true;
  const { image, poller } = pollerWith(async () => (isSilent ? failed(silent) : ok(READING)));
  const pollOnce = async () => {
    await poller.pollAll(new Promise(() => undefined));
    await new Promise((resolve) => setImmediate(resolve));
    return image.freeze(instant(0)).faults;
  };
  expect(await pollOnce()).toEqual([silent]);
  isSilent = false;
  expect(await pollOnce()).toEqual([]);
});
