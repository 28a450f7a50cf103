import { performance } from "node:perf_hooks";
import { benchAllocate } from "./allocate.ts";
import { benchDays } from "./days.ts";

/** Prints figures; asserts nothing. With day files as arguments it runs those days on the virtual clock instead. */
const days = process.argv.slice(2);
const startedMs = performance.now();
if (days.length > 0) await benchDays(days);
else benchAllocate();
process.stdout.write(`took ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
