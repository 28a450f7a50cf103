import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readRuntimeState, writeRuntimeState, type RuntimeState } from "#controller/apps/runtime-state.ts";

describe("what people changed at run time", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "headroom-state-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
  const write = (value: unknown) => writeFile(join(directory, "runtime-state.json"), JSON.stringify(value));

  test("is nothing on a new site", async () => {
    expect(await readRuntimeState(directory)).toMatchObject({ isEmergencyStopped: false, limits: [] });
  });

  test("comes back as it was left", async () => {
    const before = await readRuntimeState(directory);
    const state: RuntimeState = {
      ...before,
      isEmergencyStopped: true,
      limits: [
        {
          circuit: "grid",
          source: "csms",
          limitA: [40, 40, 32],
          powerW: 20_000,
          lease: { expiresAtWallMs: 1e12, afterwards: { limitA: [6, 6, 6], powerW: 4200 } },
        },
      ],
    };
    await writeRuntimeState(directory, state);
    expect(await readRuntimeState(directory)).toMatchObject(state);
  });

  test("of an older run keeps its limits: a lease and an operating limit together are as low as both", async () => {
    const lease = { expiresAtWallMs: 1e12, afterwardsA: [70, 20, 70] };
    await write({
      isEmergencyStopped: true,
      limits: [
        { circuit: "grid", source: "operating", limitA: [50, 50, 50], lease: null },
        { circuit: "grid", source: "lease", limitA: [60, 40, 60], lease },
        { circuit: "panel", source: "operating", limitA: [10, 10, 10], lease: null },
      ],
    });
    expect(await readRuntimeState(directory)).toMatchObject({
      isEmergencyStopped: true,
      limits: [
        {
          circuit: "grid",
          source: "operating",
          limitA: [50, 40, 50],
          powerW: null,
          lease: { expiresAtWallMs: 1e12, afterwards: { limitA: [50, 20, 50], powerW: null } },
        },
        { circuit: "panel", source: "operating", limitA: [10, 10, 10], powerW: null, lease: null },
      ],
    });
  });

  test("is refused when it is damaged: a lost limit must not go unnoticed", async () => {
    await write({ v: 2, isEmergencyStopped: "no" });
    await expect(readRuntimeState(directory)).rejects.toThrow("is damaged");
  });
});
