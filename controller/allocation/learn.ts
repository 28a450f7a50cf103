import { elapsedMs, type Instant } from "../model/time.ts";
import type { EvseMemory, Learned } from "./memory.ts";
import type { Observed } from "./observation/accounted.ts";
import { PHASE_IN_USE_A, UNUSED_MS } from "./timing.ts";

/** What the vehicle at an EVSE is known to take after this cycle: forgotten when it leaves, kept while it is paused. */
export const learn = ({ memory, reading, drawnA }: Observed, now: Instant): Learned | null => {
  if (reading?.state === "A") return null;
  const { learned, setpointA } = memory;
  if (drawnA === null || !isSettled(memory, now)) return learned;
  const usedA = Math.max(...drawnA);
  if (usedA < PHASE_IN_USE_A) return learned;
  const phases = drawnA.filter((currentA) => currentA >= PHASE_IN_USE_A).length;
  if (usedA < setpointA - 1) return { mostA: usedA, phases };
  return { mostA: learned === null ? Infinity : Math.max(learned.mostA, setpointA), phases };
};

const isSettled = ({ setpointA, changedAt }: EvseMemory, now: Instant): boolean =>
  setpointA > 0 && changedAt !== null && elapsedMs(changedAt, now) >= UNUSED_MS;
