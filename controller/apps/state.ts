import { createLimitStore, type LimitStore } from "../loop/limit-store.ts";
import type { ProcessImage } from "../loop/process-image.ts";
import type { Site } from "../model/site.ts";
import type { Clock } from "../model/time.ts";
import type { Command, CommandReply } from "../protocol/messages.ts";
import { readRuntimeState, writeRuntimeState } from "./runtime-state.ts";

/** What people changed at run time, and how commands change it. */
type State = {
  readonly limits: LimitStore;
  isStopped(): boolean;
  apply(command: Command, image: ProcessImage): Promise<CommandReply>;
};

/** The run-time state, kept on every change; a stop takes effect before it is kept, as safety does not wait (R12). */
export const openState = async (dataDirectory: string, site: Site, clock: Clock): Promise<State> => {
  const stored = await readRuntimeState(dataDirectory);
  let isEmergencyStopped = stored.isEmergencyStopped;
  let kept = stored.limits;
  const keep = (): Promise<void> => writeRuntimeState(dataDirectory, { isEmergencyStopped, limits: [...kept] });
  const limits = createLimitStore({
    site,
    clock,
    stored: stored.limits,
    save: (next) => {
      kept = next.map((each) => ({
        ...each,
        limitA: [...each.limitA],
        lease: each.lease === null ? null : { ...each.lease, afterwardsA: [...each.lease.afterwardsA] },
      }));
      return keep();
    },
  });
  return {
    limits,
    isStopped: () => isEmergencyStopped,
    async apply({ id, payload }, image) {
      if (payload.type === "emergency-stop") {
        isEmergencyStopped = payload.isStopped;
        image.setEmergencyStop(isEmergencyStopped);
        await keep();
        return { id, outcome: "applied", reason: null };
      }
      const applied = await limits.apply(payload);
      image.setLimits(limits.limits());
      return { id, ...applied };
    },
  };
};
