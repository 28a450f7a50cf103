import { allocate, type Allocation } from "../allocation/allocate.ts";
import { EMPTY_MEMORY, type Memory } from "../allocation/memory.ts";
import type { Plan } from "../allocation/plan.ts";
import { STRATEGIES } from "../allocation/strategies/register.ts";
import type { Limit } from "../model/limit.ts";
import type { PhaseVector } from "../model/phase.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Clock, Instant } from "../model/time.ts";
import type { Poller } from "./poll.ts";
import type { ProcessImage } from "./process-image.ts";
import type { Sessions } from "./sessions/sessions.ts";
import type { Writer } from "./write.ts";

/** What one cycle saw and decided: the journal's, the live view's and the tests' view of it. */
export type CycleRecord = {
  readonly cycle: number;
  readonly dueAt: Instant;
  readonly startedAt: Instant;
  readonly snapshot: Snapshot;
  readonly allocation: Allocation;
};

/** What a cycle needs. */
export type CyclePorts = {
  readonly plan: Plan;
  readonly image: ProcessImage;
  readonly poller: Poller;
  readonly writer: Writer;
  /** Adds what is known of the vehicles beside their readings. */
  readonly sessions: Pick<Sessions, "follow">;
  readonly clock: Clock;
  /** All limits that hold at a snapshot, given the building load of the grid connection in the cycle before, A per phase. */
  readonly limitsAt: (seen: Snapshot, buildingA: PhaseVector | null) => readonly Limit[];
};

/**
 * One cycle: poll, snapshot, allocate, write. The deadline ends the polling: a decision does not wait for slow devices. Without
 * one nothing is polled: the decision is made from what is known.
 */
export type Cycle = (dueAt: Instant, pollDeadline: Promise<void> | null) => Promise<CycleRecord>;

/** A cycle over the given ports; it keeps the memory from one call to the next. */
export const createCycle = (ports: CyclePorts): Cycle => {
  const { plan, image, poller, sessions, writer, clock, limitsAt } = ports;
  let memory: Memory = EMPTY_MEMORY;
  let buildingA: PhaseVector | null = null;
  let cycle = 0;
  return async (dueAt, pollDeadline) => {
    const startedAt = clock.now();
    if (pollDeadline !== null) await poller.pollAll(pollDeadline);
    const seen = sessions.follow(image.freeze(clock.now()));
    const snapshot = { ...seen, limits: limitsAt(seen, buildingA) };
    image.setLimits(snapshot.limits);
    const allocation = allocate({ plan, snapshot, previous: memory, strategy: STRATEGIES[snapshot.strategy] });
    memory = allocation.memory;
    buildingA = allocation.circuits[0]?.building.peakA ?? null;
    void writer.writeAll(allocation.setpoints, snapshot);
    cycle += 1;
    return { cycle, dueAt, startedAt, snapshot, allocation };
  };
};
