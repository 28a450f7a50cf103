import { evse as anEvse } from "#test/controller/support/parts.ts";
import { fault } from "#controller/model/fault.ts";
import type { StationDriver } from "#controller/model/ports.ts";
import type { Evse, Station } from "#controller/model/site.ts";
import { createModbusChannel } from "#drivers/channels/modbus-channel.ts";
import { createProfileStation } from "#drivers/profile-station.ts";
import type { ModbusPoint, StationProfile } from "#drivers/profiles/schema.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";
import { createMemoryDevice, type MemoryDevice } from "./memory-modbus-port.ts";

const holding = (address: number, rest: Partial<ModbusPoint> = {}): ModbusPoint => ({
  table: "holding",
  address,
  type: "uint16",
  ...rest,
});

const points = {
  state: holding(0),
  currentL1: holding(1, { scale: 0.1 }),
  currentL2: holding(2, { scale: 0.1 }),
  currentL3: holding(3, { scale: 0.1 }),
  power: holding(4, { missing: [0xffff] }),
  setpoint: holding(10, { scale: 0.1, writeWith: 6 }),
  enable: holding(11, { writeWith: 6 }),
  failsafeCurrent: holding(20, { scale: 0.1, writeWith: 6 }),
  failsafeTimeout: holding(21, { scale: 1000, writeWith: 6 }),
  standby: holding(30, { writeWith: 6 }),
  lifeBit: holding(31, { writeWith: 6, isStation: true }),
};

/** A family of stations that has everything a profile can ask for. */
export const profile: StationProfile = {
  kind: "station",
  id: "test-box",
  name: "Test box",
  models: [],
  source: "made for this test",
  verified: "simulator",
  transports: { "modbus-tcp": { port: 502, unitId: 1 } },
  points,
  maxEvses: 2,
  reading: {
    state: [
      { when: { state: [1] }, is: "A" },
      { when: { state: [2, 3] }, is: "B" },
      { when: { state: [4], enable: [true] }, is: "C" },
    ],
    currentA: ["currentL1", "currentL2", "currentL3"],
    offeredA: "setpoint",
    powerW: "power",
    failsafeA: "failsafeCurrent",
    failsafeTimeoutMs: "failsafeTimeout",
  },
  control: {
    minA: 6,
    maxA: 32,
    stepA: 0.1,
    setCurrent: [{ point: "setpoint", value: "amps" }],
    pause: [{ point: "enable", value: 0 }],
    resume: [{ point: "enable", value: 1 }],
    minWriteIntervalMs: 5000,
    reactionMs: 10_000,
    latencyMs: 200,
    powerOnA: "max",
  },
  watchdog: {
    fedBy: "any-request",
    timeoutMs: 30_000,
    arm: [
      { point: "failsafeCurrent", value: "failsafe-amps" },
      { point: "failsafeTimeout", value: "failsafe-ms" },
    ],
  },
  init: [{ point: "standby", value: 4 }],
};

const station: Station = {
  id: "bay",
  name: "Bay",
  profile: "test-box",
  watchdogMs: 30_000,
  reactionMs: 10_000,
  measuresCurrent: true,
};

/** An EVSE of the station `bay`. */
export const evse = (number: number, failsafeA: number | null = 6): Evse =>
  anEvse("bay", { id: `bay/${number}`, number, priority: 1, failsafeA, powerOnA: 32 });

/** What a silent device costs. */
export const SILENT = fault("timeout", "bay", "no answer");

/** A station in memory, its clock, and drivers for it. */
export type StationBench = {
  readonly clock: ManualClock;
  readonly device: MemoryDevice;
  readonly drive: (changes?: Partial<StationProfile>, evses?: readonly Evse[]) => StationDriver;
  /** Polls once a second. */
  readonly pollFor: (driver: StationDriver, seconds: number) => Promise<void>;
};

/** A charging station that offers 16 A. */
export const createStationBench = (): StationBench => {
  const clock = createManualClock();
  const device = createMemoryDevice({ 0: 4, 1: 100, 2: 101, 3: 102, 4: 6900, 10: 160, 11: 1 });
  return {
    clock,
    device,
    drive: (changes = {}, evses = [evse(1)]) => {
      const channel = createModbusChannel({
        subject: "bay",
        points: new Map(Object.entries(points)),
        habits: { maxRegisters: 125, maxGap: 20, evseUnitIdStep: 1 },
        evses: evses.map(({ number }) => number),
        unitId: 1,
        port: device.port,
        clock,
      });
      return createProfileStation({ station, evses, profile: { ...profile, ...changes }, channel, clock });
    },
    pollFor: async (driver, seconds) => {
      for (let second = 0; second < seconds; second += 1) {
        clock.advance(1000);
        await driver.poll();
      }
    },
  };
};
