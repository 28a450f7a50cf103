import { evse as anEvse } from "#test/controller/support/parts.ts";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { MeterDriver, StationDriver } from "#controller/model/ports.ts";
import type { Evse, Station } from "#controller/model/site.ts";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { type Drivers, openDrivers } from "#drivers/registry.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { type PeerProcess, startPeer } from "../support/peer-process.ts";
import { describeWithPeer } from "../support/peers.ts";

const DEVICES = fileURLToPath(new URL("modbus-devices.py", import.meta.url));
const profiles = loadProfiles();

const station = (id: string, profile: string, watchdogMs: number | null): Station => ({
  id,
  name: id,
  profile,
  watchdogMs,
  reactionMs: 10_000,
  measuresCurrent: true,
});

const evse = (station: string, failsafeA: number | null): Evse =>
  anEvse(station, { priority: 1, failsafeA, powerOnA: 32 });

const overTcp = (profile: string, port: number, unitId?: number) =>
  ({ profile, transport: "modbus-tcp", host: "127.0.0.1", port, unitId }) as const;

const meter = { id: "main", measures: "all", circuit: "grid", intervalMs: 1000 } as const;

const portIn = (ready: string, device: string): number => {
  const ports: unknown = JSON.parse(ready.slice("ready ".length));
  return Number(typeof ports === "object" && ports !== null ? Reflect.get(ports, device) : undefined);
};

describeWithPeer("pymodbus", "devices served by pymodbus", (python) => {
  let devices: PeerProcess;
  let ready = "";
  let clock: ManualClock;
  let opened: Drivers[] = [];

  beforeEach(async () => {
    clock = createManualClock();
    devices = startPeer(python, [DEVICES]);
    ready = await devices.lineWith("ready");
  });

  afterEach(async () => {
    await Promise.all(opened.map((drivers) => drivers.close()));
    opened = [];
    await devices.end();
  });

  const openStation = (device: string, profile: string, failsafeA: number | null): StationDriver => {
    const site = station(device, profile, failsafeA === null ? null : 30_000);
    const address = overTcp(profile, portIn(ready, device));
    const stations = [{ station: site, evses: [evse(device, failsafeA)], device: address }];
    const drivers = openDrivers({ stations, meters: [], inverters: [], profiles, clock });
    opened.push(drivers);
    const driver = drivers.stations.get(device);
    if (driver === undefined) throw new Error(`no driver for ${device}`);
    return driver;
  };

  const openMeter = (unitId?: number): MeterDriver => {
    const address = overTcp("janitza-umg604", portIn(ready, "janitza"), unitId);
    const drivers = openDrivers({ stations: [], meters: [{ meter, device: address }], inverters: [], profiles, clock });
    opened.push(drivers);
    const driver = drivers.meters.get("main");
    if (driver === undefined) throw new Error("no driver for the meter");
    return driver;
  };

  it("show what a KEBA P30 draws, and hold the failsafe that is written at contact", async () => {
    const keba = openStation("keba", "keba-p30", 6);
    const reading = await keba.poll();
    expect(await devices.lineWith("keba")).toBe("keba 5016 6000");
    expect(await devices.lineWith("keba")).toBe("keba 5018 30");
    expect(reading).toEqual({
      ok: true,
      value: [
        {
          evse: "keba/1",
          sampledAt: clock.now(),
          state: "C",
          terminalA: [16, 15.95, 16.05],
          offeredA: 16,
          powerW: 11_040,
          energyWh: 123_456.7,
          failsafeA: 6,
          failsafeTimeoutMs: 30_000,
        },
      ],
    });
    expect(keba.isFailsafeProven()).toBe(true);
  });

  it("take the setpoints and pauses of a KEBA P30 in mA", async () => {
    const keba = openStation("keba", "keba-p30", null);
    expect(await keba.write(1, 10.5)).toMatchObject({ ok: true });
    expect(await devices.lineWith("keba")).toBe("keba 5004 10500");
    expect(await devices.lineWith("keba")).toBe("keba 5014 1");
    expect(await keba.poll()).toMatchObject({ value: [{ offeredA: 10.5 }] });
    expect(await keba.write(1, 0)).toMatchObject({ ok: true });
    expect(await devices.lineWith("keba")).toBe("keba 5014 0");
  });

  it("show what a Schneider EVlink Pro AC draws, low words first, and take its life bit and setpoint", async () => {
    const schneider = openStation("schneider", "schneider-evlink-pro-ac", null);
    expect(await schneider.poll()).toMatchObject({
      value: [{ state: "C", terminalA: [12.25, 12.5, 12], offeredA: 13, powerW: 8500, energyWh: 123_456 }],
    });
    expect(await devices.lineWith("schneider")).toBe("schneider 4000 1");
    expect(await schneider.write(1, 20)).toMatchObject({ ok: true });
    expect(await devices.lineWith("schneider")).toBe("schneider 4004 20");
    expect(await schneider.poll()).toMatchObject({ value: [{ offeredA: 20 }] });
  });

  it("show the currents of a Janitza UMG 604 with the sign of their power", async () => {
    expect(await openMeter().poll()).toEqual({
      ok: true,
      value: {
        meter: "main",
        sampledAt: clock.now(),
        currentA: [21.5, 20.25, -10],
        voltageV: [230.5, 231, 229],
        powerW: 7294,
      },
    });
  });

  it("show nothing to whoever asks for another unit", async () => {
    expect(await openMeter(7).poll()).toMatchObject({ ok: false, fault: { subject: "main" } });
  });

  it("are missed once they are gone", async () => {
    const janitza = openMeter();
    expect(await janitza.poll()).toMatchObject({ ok: true });
    await devices.end("SIGKILL");
    clock.advance(1000);
    expect(await janitza.poll()).toMatchObject({ ok: false, fault: { code: "unreachable", subject: "main" } });
  });
});
