import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openState } from "#controller/apps/state.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { instant } from "#controller/model/time.ts";
import { createManualClock } from "#test/support/manual-clock.ts";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const { site } = openVirtualSite(smallDay([{ phases: 3, maxA: 32 }], 100, 0));

let dataDirectory = "";
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), "headroom-state-"));
});
afterEach(() => rm(dataDirectory, { recursive: true, force: true }));

/** The run-time state of a control process that has just started. */
const start = async (of = site) => {
  const image = createProcessImage(of);
  const loaded = { site: of, gridOperator: null, demand: null };
  const state = await openState({ dataDirectory, loaded, clock: createManualClock(), image });
  return { state, strategy: () => image.freeze(instant(0)).strategy };
};

describe("the strategy chosen at run time", () => {
  test("is the site file's until somebody chooses another, and then in force at once", async () => {
    const { state, strategy } = await start();
    expect(strategy()).toBe("equal-share");
    const answer = state.apply({ type: "set-strategy", strategy: "deadline" });
    expect(strategy()).toBe("deadline");
    expect(await answer).toEqual({ outcome: "applied", reason: null });
  });

  test("is kept over a restart", async () => {
    await (await start()).state.apply({ type: "set-strategy", strategy: "deadline" });
    expect((await start()).strategy()).toBe("deadline");
  });

  test("gives way when the site file names another one", async () => {
    await (await start()).state.apply({ type: "set-strategy", strategy: "deadline" });
    expect((await start({ ...site, strategy: "weighted" })).strategy()).toBe("weighted");
  });

  test("is the site file's again when it no longer exists, and where nothing was kept of it", async () => {
    await (await start()).state.apply({ type: "set-strategy", strategy: "deadline" });
    const path = join(dataDirectory, "runtime-state.json");
    await writeFile(path, (await readFile(path, "utf8")).replace("deadline", "by-colour"));
    expect((await start()).strategy()).toBe("equal-share");
    await writeFile(path, JSON.stringify({ isEmergencyStopped: true, limits: [] }));
    expect((await start()).strategy()).toBe("equal-share");
  });
});
