import { beforeEach, describe, expect, it } from "vitest";
import { createStationBench, evse, profile, SILENT, type StationBench } from "#test/support/station-bench.ts";

let device: StationBench["device"];
let drive: StationBench["drive"];
let pollFor: StationBench["pollFor"];

beforeEach(() => {
  ({ device, drive, pollFor } = createStationBench());
});

describe("the failsafe", () => {
  it("is proven once it was written and reads as declared", async () => {
    const driver = drive();
    expect(driver.isFailsafeProven()).toBe(false);
    await driver.poll();
    expect(driver.isFailsafeProven()).toBe(true);
  });

  it.each([
    ["a current that is not the declared one", 20],
    ["a time-out that is off", 21],
  ])("is not proven by %s", async (_name, address) => {
    device.refused.add(address);
    device.registers.set("1 holding 20", address === 20 ? 160 : 60);
    device.registers.set("1 holding 21", address === 20 ? 30 : 0);
    const driver = drive();
    await driver.poll();
    expect(driver.isFailsafeProven()).toBe(false);
  });

  it("is not proven by a time-out that is written and cannot be read back", async () => {
    const { failsafeTimeoutMs: _unread, ...reading } = profile.reading;
    const driver = drive({ reading });
    await driver.poll();
    expect(driver.isFailsafeProven()).toBe(false);
  });

  it("is not proven for a station without a watchdog or without a declared current", async () => {
    const unwatched = drive({ watchdog: { fedBy: "none" } });
    await unwatched.poll();
    expect(unwatched.isFailsafeProven()).toBe(false);
    const undeclared = drive({}, [evse(1, null)]);
    await undeclared.poll();
    expect(undeclared.isFailsafeProven()).toBe(false);
  });

  it("is not proven where a write to one EVSE feeds the watchdog of another", async () => {
    const both = [evse(1), evse(2)];
    const fedByAnything = drive({}, both);
    await fedByAnything.poll();
    expect(fedByAnything.isFailsafeProven()).toBe(false);
    const fedBySetpoints = drive({ watchdog: { ...profile.watchdog, fedBy: "setpoint" } }, both);
    await fedBySetpoints.poll();
    expect(fedBySetpoints.isFailsafeProven()).toBe(true);
  });

  it("stays proven while the station is silent, and must be proven anew when it returns", async () => {
    const driver = drive();
    await driver.poll();
    device.fault = SILENT;
    await driver.poll();
    expect(driver.isFailsafeProven()).toBe(true);
    device.fault = null;
    device.registers.set("1 holding 20", 320);
    device.refused.add(20);
    await driver.poll();
    expect(driver.isFailsafeProven()).toBe(false);
  });

  it("is armed again within a minute when somebody else changes it", async () => {
    const driver = drive();
    await driver.poll();
    device.registers.set("1 holding 20", 320);
    await pollFor(driver, 60);
    expect(device.registers.get("1 holding 20")).toBe(60);
    expect(driver.isFailsafeProven()).toBe(true);
  });

  it("is looked at every minute without being written every time", async () => {
    const driver = drive();
    await driver.poll();
    device.writes.length = 0;
    await pollFor(driver, 300);
    expect(device.writes).toEqual([]);
  });
});
