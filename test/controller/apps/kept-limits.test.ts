import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openState } from "#controller/apps/state.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import type { SiteCommand } from "#controller/protocol/messages.ts";
import { createManualClock } from "#test/support/manual-clock.ts";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const { site } = openVirtualSite(smallDay([{ phases: 3, maxA: 32 }], 100, 0));
const LPC = { failsafeW: 4200, minimumMs: 7_200_000, limit: null, heartbeat: null };
const HEARTBEAT: SiteCommand = { type: "grid-operator", signal: { type: "heartbeat" } };
const limit = (powerW: number): SiteCommand => ({
  type: "grid-operator",
  signal: { type: "limit", isActive: true, powerW, durationMs: null },
});

describe("limits set at run time", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "headroom-state-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const open = async () => {
    const clock = createManualClock();
    const image = createProcessImage(site);
    const loaded = { site, gridOperator: { devices: 1, contact: null, lpc: LPC }, demand: null };
    const state = await openState({ dataDirectory: directory, loaded, clock, image });
    const now = () => state.limitsAt(image.freeze(clock.now()), null);
    return { ...state, clock, image, now };
  };
  const onDisk = () => readFile(join(directory, "runtime-state.json"), "utf8").catch(() => null);

  test("keeps limits, schedules, the generator and the grid operator's limit over a restart (R10)", async () => {
    const before = await open();
    const value = { limitA: [40, 40, 40], powerW: null } as const;
    await before.apply({ type: "set-limit", circuit: "grid", source: "flow", value, lease: null });
    const entries = [{ weekdays: [1], fromMinute: 0, toMinute: 1440, limitA: null, powerW: 9000 }];
    await before.apply({ type: "set-schedule", circuit: "grid", entries });
    await before.apply({ type: "generator", isRunning: true });
    await before.apply(limit(3000));
    const after = await open();
    expect(after.image.freeze(after.clock.now()).isOnGenerator).toBe(true);
    expect(after.limits.schedules()).toEqual([{ circuit: "grid", entries }]);
    expect(after.now()).toMatchObject([
      { source: "flow", limitA: [40, 40, 40] },
      { source: "schedule", powerW: 9000 },
      { source: "grid-operator", scope: "evses", powerW: 3000 },
    ]);
    expect(after.limits.gridOperator()).toMatchObject({ lpc: "failsafe" });
  });

  test("does not wear the disk with heartbeats", async () => {
    const { apply } = await open();
    await apply(HEARTBEAT);
    expect(await onDisk()).toBeNull();
    await apply(limit(3000));
    expect(await onDisk()).toContain('"limited"');
  });

  test("keeps also what time alone changes", async () => {
    const { apply, clock, now } = await open();
    await apply(limit(3000));
    clock.advance(120_000);
    now();
    await expect.poll(onDisk).toContain('"failsafe"');
  });

  test("refuses what names a circuit that does not exist, and keeps nothing of it", async () => {
    const { apply } = await open();
    const refused = await apply({ type: "set-schedule", circuit: "nowhere", entries: [] });
    expect(refused).toMatchObject({ outcome: "refused" });
    expect(await onDisk()).toBeNull();
  });
});
