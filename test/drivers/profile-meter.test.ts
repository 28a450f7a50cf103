import { beforeEach, describe, expect, it } from "vitest";
import { failed, ok } from "#controller/model/result.ts";
import { fault } from "#controller/model/fault.ts";
import type { MeterReading } from "#controller/model/reading.ts";
import { instant } from "#controller/model/time.ts";
import type { PointValue } from "#drivers/decode.ts";
import type { PointChannel, PointReader } from "#drivers/channels/point-channel.ts";
import { createProfileMeter } from "#drivers/profile-meter.ts";
import type { MeterProfile } from "#drivers/profiles/schema.ts";

const profile: MeterProfile = {
  kind: "meter",
  id: "test-meter",
  name: "Test meter",
  models: [],
  source: "made for this test",
  verified: "simulator",
  transports: {},
  points: {},
  reading: {
    currentA: ["i1", "i2", "i3"],
    currentSign: "signed",
    phasePowerW: ["p1", "p2", "p3"],
    voltageV: ["u1", "u2", "u3"],
    powerW: "p",
  },
  intervalMs: 1000,
  latencyMs: 300,
};

let values: Record<string, PointValue>;
let read: PointReader;
let push: () => void;

const channel: PointChannel = {
  silence: () => null,
  reader: () => () => read(),
  write: async () => ok(null),
  isShared: () => true,
  onPush: (listener) => {
    push = listener;
  },
  close: () => Promise.resolve(),
};

beforeEach(() => {
  values = { i1: 10, i2: 20, i3: -5, p1: 2300, p2: -4600, p3: 0, u1: 230, u2: 231, u3: 229, p: -2300 };
  read = async () =>
    ok(
      new Map([[1, { sampledAt: instant(5000), values: new Map(Object.entries(values)), undated: new Set<string>() }]]),
    );
});

const poll = (changes: Partial<MeterProfile["reading"]> = {}) =>
  createProfileMeter({
    meter: "main",
    profile: { ...profile, reading: { ...profile.reading, ...changes } },
    channel,
  }).poll();

describe("a meter", () => {
  it("gives currents, voltages and power, as old as its own latency", async () => {
    expect(await poll()).toEqual({
      ok: true,
      value: {
        meter: "main",
        sampledAt: 4700,
        currentA: [10, 20, -5],
        voltageV: [230, 231, 229],
        powerW: -2300,
      },
    });
  });

  it("with unsigned currents takes their sign from the power", async () => {
    values["i3"] = 5;
    expect(await poll({ currentSign: "by-power" })).toMatchObject({ value: { currentA: [10, -20, 5] } });
  });

  it("with unsigned currents counts a phase as import whose power is missing", async () => {
    values["p2"] = null;
    expect(await poll({ currentSign: "by-power" })).toMatchObject({ value: { currentA: [10, 20, 5] } });
  });

  it("says which phase is missing, and nothing for the voltages when one is", async () => {
    values["i2"] = null;
    values["u3"] = null;
    expect(await poll()).toMatchObject({ value: { currentA: [10, null, -5], voltageV: null } });
  });

  it("without any current is a fault, never zero", async () => {
    values = {};
    expect(await poll()).toMatchObject({ ok: false, fault: { code: "malformed", subject: "main" } });
  });

  it.each([
    ["i1", 10_001],
    ["i3", -10_001],
    ["u2", 1001],
    ["u1", -1],
  ])("rejects the whole sample for an impossible %s of %d", async (name, value) => {
    values[name] = value;
    expect(await poll()).toMatchObject({ ok: false, fault: { code: "implausible", subject: "main" } });
  });

  it("passes on the fault of its channel", async () => {
    const silent = fault("timeout", "main", "no answer");
    read = async () => failed(silent);
    expect(await poll()).toEqual({ ok: false, fault: silent });
  });

  it("that pushes calls back with each good sample", async () => {
    const driver = createProfileMeter({ meter: "main", profile, channel });
    const samples: MeterReading[] = [];
    const heard = new Promise<void>((resolve) =>
      driver.onSample((reading) => {
        samples.push(reading);
        resolve();
      }),
    );
    values["i1"] = 99_999;
    push();
    await driver.poll();
    values["i1"] = 70;
    push();
    await heard;
    expect(samples.map(({ currentA }) => currentA[0])).toEqual([70]);
  });
});
