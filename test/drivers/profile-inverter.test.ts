import { beforeEach, describe, expect, it } from "vitest";
import { fault } from "#controller/model/fault.ts";
import { failed, ok } from "#controller/model/result.ts";
import { instant } from "#controller/model/time.ts";
import type { PointChannel, PointReader } from "#drivers/channels/point-channel.ts";
import type { PointValue } from "#drivers/decode.ts";
import { createProfileInverter } from "#drivers/profile-inverter.ts";
import type { InverterProfile } from "#drivers/profiles/schema.ts";

const profile: InverterProfile = {
  kind: "inverter",
  id: "test-inverter",
  name: "Test inverter",
  models: [],
  source: "made for this test",
  verified: "simulator",
  transports: {},
  points: {},
  reading: {
    pvPowerW: ["string1", "string2"],
    batteryPowerW: "charge",
    batteryDischargePowerW: "discharge",
    batterySocPct: "soc",
    currentA: ["i1", "i2", "i3"],
  },
  intervalMs: 1000,
  latencyMs: 300,
};

let values: Record<string, PointValue>;
let read: PointReader;
let asked: readonly string[];

const channel: PointChannel = {
  silence: () => null,
  reader: (names) => {
    asked = names;
    return () => read();
  },
  write: async () => ok(null),
  isShared: () => true,
  onPush: () => undefined,
  close: () => Promise.resolve(),
};

beforeEach(() => {
  values = { string1: 4000, string2: 2500, charge: 0, discharge: 1200, soc: 64.5, i1: 9, i2: 9.5, i3: 10 };
  read = async () =>
    ok(
      new Map([[1, { sampledAt: instant(5000), values: new Map(Object.entries(values)), undated: new Set<string>() }]]),
    );
});

const poll = (reading: InverterProfile["reading"] = profile.reading) =>
  createProfileInverter({ inverter: "roof", profile: { ...profile, reading }, channel }).poll();

describe("an inverter", () => {
  it("gives the sum of its strings and the battery's power with charging positive, as old as its own latency", async () => {
    expect(await poll()).toEqual({
      ok: true,
      value: {
        inverter: "roof",
        sampledAt: 4700,
        pvPowerW: 6500,
        batteryPowerW: -1200,
        batterySocPct: 64.5,
        currentA: [9, 9.5, 10],
      },
    });
    expect(asked.toSorted()).toEqual(Object.keys(values).toSorted());
  });

  it("without a battery and without currents says so, and asks for nothing else", async () => {
    expect(await poll({ pvPowerW: ["string1"] })).toMatchObject({
      value: { pvPowerW: 4000, batteryPowerW: null, batterySocPct: null, currentA: null },
    });
    expect(asked).toEqual(["string1"]);
  });

  it("gives no sum where a string is missing", async () => {
    values["string2"] = null;
    expect(await poll()).toMatchObject({ value: { pvPowerW: null, batteryPowerW: -1200 } });
  });

  it("that draws a little at night generates nothing", async () => {
    values["string1"] = -12;
    values["string2"] = 0;
    expect(await poll()).toMatchObject({ value: { pvPowerW: 0 } });
  });

  it("without any power is a fault, never zero", async () => {
    values = {};
    expect(await poll()).toMatchObject({ ok: false, fault: { code: "malformed", subject: "roof" } });
  });

  it.each([
    ["string1", 1e8],
    ["discharge", 2e7],
    ["soc", 101],
    ["soc", -1],
  ])("rejects the whole sample for an impossible %s of %d", async (name, value) => {
    values[name] = value;
    expect(await poll()).toMatchObject({ ok: false, fault: { code: "implausible", subject: "roof" } });
  });

  it("passes on the fault of its channel", async () => {
    const silent = fault("timeout", "roof", "no answer");
    read = async () => failed(silent);
    expect(await poll()).toEqual({ ok: false, fault: silent });
  });
});
