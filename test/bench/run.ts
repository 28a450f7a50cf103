import { performance } from "node:perf_hooks";
import { benchAllocate } from "./allocate.ts";
import { benchDays } from "./days.ts";
import { benchOverload } from "./overload.ts";
import { benchSweep } from "./sweep.ts";

const benchAll = async (): Promise<void> => {
  benchAllocate();
  await benchSweep();
  await benchOverload();
};

/** Prints figures; asserts nothing. With day files as arguments it runs those days on the virtual clock instead. */
const days = process.argv.slice(2);
const startedMs = performance.now();
await (days.length > 0 ? benchDays(days) : benchAll());
process.stdout.write(`took ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
