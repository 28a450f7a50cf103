import { describe, expect, it } from "vitest";
import type { EvseSpec, Watchdog } from "#drivers/simulator/world/station.ts";
import {
  advance,
  createWorld,
  hearTraffic,
  order,
  reboot,
  setFaults,
  type World,
} from "#drivers/simulator/world/world.ts";
import { EMPTY_TABLE } from "#drivers/simulator/world/building.ts";
import { GRID, sessionAt, specAt } from "./fixtures.ts";

const WATCHDOG: Watchdog = { fedBy: "any-request", timeoutMs: 15_000, failsafeA: 8, isArmedAtPowerOn: false };

const worldOf = (change: Partial<EvseSpec> = {}): World =>
  createWorld(
    { circuits: [GRID], evses: [specAt("a", { watchdog: WATCHDOG, ...change })] },
    [sessionAt("a/1")],
    EMPTY_TABLE,
  );

const only = (world: World) => {
  const evse = world.evses[0];
  if (evse === undefined) throw new Error("no EVSE");
  return evse;
};
const drawnA = (world: World): number | undefined => only(world).car?.drawnA;

const setAndRun = (world: World, setA: number, toMs: number): void => {
  order(world, only(world), { setA });
  advance(world, toMs);
};

describe("an EVSE", () => {
  it("takes an offer below 6 A for none", () => {
    const world = worldOf();
    setAndRun(world, 5.5, 5000);
    expect(drawnA(world)).toBe(0);
  });

  it("never offers more than its rating", () => {
    const world = worldOf({ maxA: 10 });
    setAndRun(world, 32, 5000);
    expect(drawnA(world)).toBe(10);
  });

  it("passes a limit on only after its hold-off", () => {
    const world = worldOf({ holdOffMs: 3000 });
    setAndRun(world, 12, 2900);
    expect(drawnA(world)).toBe(0);
    advance(world, 3200);
    expect(drawnA(world)).toBe(12);
  });

  it("does not charge while it is disabled", () => {
    const world = worldOf();
    order(world, only(world), { setA: 16, isEnabled: false });
    advance(world, 5000);
    expect(drawnA(world)).toBe(0);
  });

  it("acknowledges and ignores limits when it disobeys", () => {
    const world = worldOf();
    setAndRun(world, 16, 1000);
    setFaults(world, "a", { disobedience: true });
    setAndRun(world, 6, 10_000);
    expect(only(world).setA).toBe(6);
    expect(drawnA(world)).toBe(16);
  });

  it("drops contact when it reboots and comes back at its power-on current", () => {
    const world = worldOf({ powerOnA: 14 });
    setAndRun(world, 6, 1000);
    reboot(world, "a", 8000);
    advance(world, 5000);
    expect(drawnA(world)).toBe(0);
    advance(world, 12_000);
    expect(drawnA(world)).toBe(14);
  });
});

describe("a watchdog", () => {
  it("falls to the failsafe current once nobody has spoken for its time-out", () => {
    const world = worldOf();
    order(world, only(world), { setA: 16, isArmed: true });
    advance(world, 14_900);
    expect(drawnA(world)).toBe(16);
    advance(world, 15_200);
    expect(drawnA(world)).toBe(8);
  });

  it("never falls while it is fed in time, and returns to the limit when it is fed again", () => {
    const world = worldOf();
    order(world, only(world), { setA: 16, isArmed: true });
    for (let nowMs = 10_000; nowMs <= 60_000; nowMs += 10_000) {
      advance(world, nowMs);
      hearTraffic(world, only(world), "request");
    }
    expect(drawnA(world)).toBe(16);
    advance(world, 90_000);
    expect(drawnA(world)).toBe(8);
    hearTraffic(world, only(world), "request");
    advance(world, 91_000);
    expect(drawnA(world)).toBe(16);
  });

  it("does nothing until it is armed", () => {
    const world = worldOf();
    setAndRun(world, 16, 120_000);
    expect(drawnA(world)).toBe(16);
  });

  it("counts its time from when it is armed", () => {
    const world = worldOf();
    setAndRun(world, 16, 60_000);
    order(world, only(world), { isArmed: true });
    advance(world, 74_900);
    expect(drawnA(world)).toBe(16);
    advance(world, 75_200);
    expect(drawnA(world)).toBe(8);
  });

  it.each([
    ["any-read", "read"],
    ["setpoint", "setpoint"],
    ["write", "feed"],
  ] as const)("that is fed by %s is fed by nothing else", (fedBy, right) => {
    for (const traffic of ["request", "read", "setpoint", "feed"] as const) {
      const world = worldOf({ watchdog: { ...WATCHDOG, fedBy, isArmedAtPowerOn: true } });
      setAndRun(world, 16, 10_000);
      hearTraffic(world, only(world), traffic);
      advance(world, 20_000);
      expect(drawnA(world)).toBe(traffic === right ? 16 : 8);
    }
  });
});
