import { beforeEach, describe, expect, it } from "vitest";
import { createStationBench, evse, SILENT, type StationBench } from "#test/support/station-bench.ts";

let clock: StationBench["clock"];
let device: StationBench["device"];
let drive: StationBench["drive"];
let pollFor: StationBench["pollFor"];

beforeEach(() => {
  ({ clock, device, drive, pollFor } = createStationBench());
});

describe("a write", () => {
  it("sets the limit before it releases charging, and releases it once", async () => {
    const driver = drive({ init: [] });
    expect(await driver.write(1, 6)).toEqual({ ok: true, value: null });
    clock.advance(5000);
    await driver.write(1, 10);
    expect(device.writes).toEqual(["1/10=60", "1/11=1", "1/10=100"]);
  });

  it("of 0 pauses, and the next one releases again", async () => {
    const driver = drive({ init: [] });
    await driver.write(1, 16);
    await driver.write(1, 0);
    clock.advance(5000);
    await driver.write(1, 6);
    expect(device.writes.slice(2)).toEqual(["1/11=0", "1/10=60", "1/11=1"]);
  });

  it("that raises too soon is refused and not sent; a reduction never waits", async () => {
    const driver = drive({ init: [] });
    await driver.write(1, 10);
    clock.advance(4999);
    expect(await driver.write(1, 11)).toMatchObject({ ok: false, fault: { code: "refused" } });
    expect(await driver.write(1, 9)).toEqual({ ok: true, value: null });
    expect(await driver.write(1, 0)).toEqual({ ok: true, value: null });
    clock.advance(5000);
    expect(await driver.write(1, 6)).toEqual({ ok: true, value: null });
    expect(device.writes).toEqual(["1/10=100", "1/11=1", "1/10=90", "1/11=0", "1/10=60", "1/11=1"]);
  });

  it("that no device could carry out is refused and not sent", async () => {
    const driver = drive();
    for (const amps of [NaN, -1, 33]) {
      expect(await driver.write(1, amps)).toMatchObject({ ok: false, fault: { code: "refused" } });
    }
    expect(await driver.write(3, 6)).toMatchObject({ ok: false, fault: { code: "refused" } });
    expect(device.writes).toEqual([]);
  });

  it("goes to the EVSE it is for", async () => {
    const driver = drive({ init: [] }, [evse(1), evse(2)]);
    await driver.write(2, 6);
    expect(device.writes).toEqual(["2/10=60", "2/11=1"]);
  });
});

describe("a watchdog", () => {
  it("that wants a write of its own gets it as often as it asks, once for the station", async () => {
    const watchdog = { fedBy: "write", feed: [{ point: "lifeBit", value: 1 }], everyMs: 10_000 } as const;
    const driver = drive({ watchdog: { ...watchdog, feed: [...watchdog.feed] }, init: [] }, [evse(1), evse(2)]);
    await driver.poll();
    await pollFor(driver, 30);
    expect(device.writes).toEqual(Array.from({ length: 4 }, () => "1/31=1"));
  });

  it("fed by its own time-out gets it written again", async () => {
    const feed = [{ point: "failsafeTimeout", value: "failsafe-ms" }];
    const driver = drive({ watchdog: { fedBy: "write", feed, everyMs: 10_000 }, init: [] });
    await pollFor(driver, 21);
    expect(device.writes).toEqual(["1/21=30", "1/21=30", "1/21=30"]);
  });

  it("fed by setpoints gets the last one again, also a pause", async () => {
    const driver = drive({ watchdog: { fedBy: "setpoint", everyMs: 10_000 }, init: [] });
    await driver.poll();
    await driver.write(1, 8);
    device.writes.length = 0;
    await pollFor(driver, 10);
    expect(device.writes).toEqual(["1/10=80"]);
    await driver.write(1, 0);
    device.writes.length = 0;
    await pollFor(driver, 10);
    expect(device.writes).toEqual(["1/11=0"]);
  });

  it("never gets a setpoint again that a silence may have replaced", async () => {
    const driver = drive({ watchdog: { fedBy: "setpoint", everyMs: 10_000 }, init: [] });
    await driver.poll();
    await driver.write(1, 32);
    device.fault = SILENT;
    await pollFor(driver, 31);
    device.fault = null;
    device.writes.length = 0;
    await pollFor(driver, 20);
    expect(device.writes).toEqual([]);
  });

  it("gets the lower of two setpoints when the newer one may not have arrived", async () => {
    const driver = drive({ watchdog: { fedBy: "setpoint", everyMs: 10_000 }, init: [] });
    await driver.poll();
    await driver.write(1, 8);
    clock.advance(6000);
    device.fault = SILENT;
    await driver.write(1, 20);
    device.fault = null;
    device.writes.length = 0;
    await pollFor(driver, 10);
    expect(device.writes).toContain("1/10=80");
    expect(device.writes).not.toContain("1/10=200");
  });
});
