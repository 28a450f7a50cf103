import { beforeEach, describe, expect, it } from "vitest";
import { fault } from "#controller/model/fault.ts";
import { createStationBench, evse, SILENT, type StationBench } from "#test/support/station-bench.ts";

let clock: StationBench["clock"];
let device: StationBench["device"];
let drive: StationBench["drive"];

beforeEach(() => {
  ({ clock, device, drive } = createStationBench());
});

describe("a poll", () => {
  it("gives what the station says, as old as its own latency", async () => {
    expect(await drive().poll()).toEqual({
      ok: true,
      value: [
        {
          evse: "bay/1",
          sampledAt: clock.now() - 200,
          state: "C",
          terminalA: [10, 10.1, 10.2],
          offeredA: 16,
          powerW: 6900,
          energyWh: null,
          failsafeA: 6,
          failsafeTimeoutMs: 30_000,
        },
      ],
    });
  });

  it("reads every EVSE of the station", async () => {
    device.registers.set("2 holding 0", 1);
    const result = await drive({}, [evse(1), evse(2)]).poll();
    expect(result.ok && result.value.map(({ evse: id, state }) => [id, state])).toEqual([
      ["bay/1", "C"],
      ["bay/2", "A"],
    ]);
  });

  it("leaves a value out that the station does not have", async () => {
    device.registers.set("1 holding 4", 0xffff);
    expect(await drive().poll()).toMatchObject({ value: [{ powerW: null }] });
  });

  it("is a fault when no rule matches the state", async () => {
    device.registers.set("1 holding 0", 99);
    expect(await drive().poll()).toMatchObject({ ok: false, fault: { code: "implausible", subject: "bay/1" } });
  });

  it("asked for twice at once reads once", async () => {
    const driver = drive();
    await driver.poll();
    device.reads = 0;
    const [first, second] = await Promise.all([driver.poll(), driver.poll()]);
    expect(first).toBe(second);
    expect(device.reads).toBe(1);
  });
});

describe("contact", () => {
  it("begins with the profile's writes and the failsafe, once", async () => {
    const driver = drive();
    await driver.poll();
    expect(device.writes).toEqual(["1/30=4", "1/20=60", "1/21=30"]);
    await driver.poll();
    expect(device.writes).toHaveLength(3);
  });

  it("begins again after the station was silent", async () => {
    const driver = drive();
    await driver.poll();
    device.fault = SILENT;
    expect(await driver.poll()).toEqual({ ok: false, fault: SILENT });
    device.fault = null;
    device.writes.length = 0;
    await driver.poll();
    expect(device.writes).toEqual(["1/30=4", "1/20=60", "1/21=30"]);
  });

  it("is not lost by a refusal", async () => {
    const driver = drive();
    await driver.poll();
    device.writes.length = 0;
    device.fault = fault("refused", "bay", "busy");
    await driver.poll();
    device.fault = null;
    await driver.poll();
    expect(device.writes).toEqual([]);
  });
});
