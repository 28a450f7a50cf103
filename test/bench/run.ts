import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { benchAllocate } from "./allocate.ts";
import { benchDays } from "./days.ts";
import { benchLateness } from "./lateness.ts";
import { benchOverload } from "./overload.ts";
import { benchReferences } from "./references.ts";
import { benchSweep } from "./sweep.ts";

const BENCHES = [
  ["Allocation of a tight site: p99 should be under 0.5 ms for 200 EVSEs, 3 ms for 1,000", benchAllocate],
  ["Reading and writing every station once: 1,000 should take less than 150 ms", benchSweep],
  ["From a meter's overload to the last reduction: p99 should be under 100 ms", benchOverload],
  ["Cycles that begin late: p99.9 should be under 50 ms, no gap 200 ms longer than a cycle", () => benchLateness()],
] as const;

const benchAll = async (): Promise<void> => {
  for (const [title, bench] of BENCHES) {
    process.stdout.write(`\n${title}\n`);
    await bench();
  }
};

/**
 * Prints figures beside their aims; asserts nothing. With day files as arguments it runs those days on the virtual clock instead,
 * with `--cases DIR` it compares the division with references on the cases of a folder.
 */
const { values, positionals: days } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: "string" },
    strategy: { type: "string", multiple: true, default: ["equal-share"] },
    "cycle-s": { type: "string", default: "1" },
  },
});
const startedMs = performance.now();
if (values.cases !== undefined) benchReferences(values.cases);
else await (days.length > 0 ? benchDays(days, values.strategy, Number(values["cycle-s"])) : benchAll());
process.stdout.write(`\ntook ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
