import { performance } from "node:perf_hooks";
import { allocate } from "#controller/allocation/allocate.ts";
import { EMPTY_MEMORY } from "#controller/allocation/memory.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { equalShare } from "#controller/allocation/strategies/equal-share.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { allPhases, type Phase } from "#controller/model/phase.ts";
import { ok } from "#controller/model/result.ts";
import type { Site } from "#controller/model/site.ts";
import { circuit as aCircuit, evse, siteOf } from "#test/controller/support/parts.ts";
import { instant } from "#controller/model/time.ts";

const WARM_UP = 200;
const RUNS = 500;
const ROTATIONS: readonly (readonly Phase[])[] = [
  ["L1", "L2", "L3"],
  ["L2", "L3", "L1"],
  ["L3", "L1", "L2"],
];

/** Times one allocation of a three-level site with 50, 200 and 1,000 EVSEs, every car charging. */
export const benchAllocate = (): void => {
  for (const count of [50, 200, 1000]) {
    const times = timesOf(tightSite(count)).toSorted((a, b) => a - b);
    const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(3);
    process.stdout.write(`allocate ${count} EVSEs: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms\n`);
  }
};

const timesOf = (site: Site): readonly number[] => {
  const plan = planSite(site);
  const image = createProcessImage(site);
  let previous = EMPTY_MEMORY;
  return Array.from({ length: WARM_UP + RUNS }, (_, cycle) => {
    const at = instant(cycle * 1000);
    hearAll(site, image, at);
    const snapshot = image.freeze(at);
    const startedMs = performance.now();
    const allocation = allocate({ plan, snapshot, previous, strategy: equalShare });
    const tookMs = performance.now() - startedMs;
    previous = allocation.memory;
    for (const { evse, currentA } of allocation.setpoints) {
      image.beginWrite(evse, currentA, at);
      image.endWrite(evse, currentA, at, ok(null));
    }
    return tookMs;
  }).slice(WARM_UP);
};

const hearAll = (site: Site, image: ReturnType<typeof createProcessImage>, at: ReturnType<typeof instant>): void => {
  const nothing = { powerW: null, energyWh: null, failsafeA: null, failsafeTimeoutMs: null, offeredA: null };
  for (const { id, station } of site.evses) {
    image.beginPoll(station, at);
    image.noteStation(
      station,
      at,
      ok([{ evse: id, sampledAt: at, state: "C", terminalA: allPhases(6), ...nothing }]),
      true,
    );
  }
  image.noteMeter(
    "main",
    ok({
      meter: "main",
      sampledAt: at,
      currentA: allPhases(site.evses.length * 6 + (at % 7)),
      voltageV: null,
      powerW: null,
    }),
  );
};

const tightSite = (count: number): Site => {
  const panels = Math.ceil(count / 20);
  const circuit = (id: string, parent: string | null, limitA: number) =>
    aCircuit({ id, parent, sealedA: allPhases(limitA), meter: parent === null ? "main" : null });
  const halls = ["hall-a", "hall-b"].map((id) => circuit(id, "grid", count * 6));
  const panel = (i: number) => circuit(`panel-${i}`, i % 2 === 0 ? "hall-a" : "hall-b", 200 + (i % 5) * 20);
  const evses = Array.from({ length: count }, (_, i) =>
    evse(`s${i}`, {
      circuit: `panel-${Math.floor(i / 20)}`,
      phases: ROTATIONS[i % 3] ?? [],
      maxA: i % 4 === 0 ? 16 : 32,
    }),
  );
  return siteOf({
    circuits: [circuit("grid", null, count * 9), ...halls, ...Array.from({ length: panels }, (_, i) => panel(i))],
    evses,
    meters: [{ id: "main", measures: "all", circuit: "grid", intervalMs: 1000 }],
  });
};
