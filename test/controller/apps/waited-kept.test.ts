import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openState } from "#controller/apps/state.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { createManualClock } from "#test/support/manual-clock.ts";
import { SITE } from "#test/controller/support/one-station.ts";

const DAYS = [{ circuit: "grid", day: "2026-03-01", phasesWh: [0, 1200.5, 3], powerWh: 40 }] as const;

let dataDirectory = "";
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), "headroom-state-"));
});
afterEach(() => rm(dataDirectory, { recursive: true, force: true }));

const open = () =>
  openState({
    dataDirectory,
    loaded: { site: SITE, gridOperator: null, demand: null },
    clock: createManualClock(),
    image: createProcessImage(SITE),
  });

test("the energy that waited is kept over a restart, beside the emergency stop", async () => {
  const state = await open();
  expect(state.waited.stored).toEqual([]);
  await state.waited.save(DAYS);
  await state.apply({ type: "emergency-stop", isStopped: true });
  const again = await open();
  expect(again.waited.stored).toEqual(DAYS);
  expect(JSON.parse(await readFile(join(dataDirectory, "runtime-state.json"), "utf8"))).toMatchObject({
    isEmergencyStopped: true,
  });
});

test("a state kept before anything was counted is understood", async () => {
  await writeFile(join(dataDirectory, "runtime-state.json"), JSON.stringify({ isEmergencyStopped: false, limits: [] }));
  expect((await open()).waited.stored).toEqual([]);
});
