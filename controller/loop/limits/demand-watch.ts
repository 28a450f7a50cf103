import { countDemand, demandLimitW, type DemandContract, type DemandSlot } from "../../limits/demand-slot.ts";
import type { Limit } from "../../model/limit.ts";
import { powerOf } from "../../model/reading.ts";
import type { Site } from "../../model/site.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { elapsedMs, type Clock } from "../../model/time.ts";

/** A reading older than this, ms, or than three intervals of its meter, says nothing of the demand (R4). */
const READING_MS = 5_000;

/** Counts the demand of the grid connection cycle by cycle; what it limits for the rest of the slot. */
export const createDemandWatch = (
  site: Site,
  contract: DemandContract,
  clock: Clock,
): ((seen: Snapshot) => readonly Limit[]) => {
  const root = site.circuits.find(({ parent }) => parent === null);
  const meter = site.meters.find(({ id }) => id === root?.meter);
  let slot: DemandSlot | null = null;
  const powerNow = ({ at, meters }: Snapshot): number | null => {
    const reading = meter === undefined ? undefined : meters.get(meter.id);
    if (meter === undefined || reading === undefined) return null;
    const isOld = elapsedMs(reading.sampledAt, at) > Math.max(READING_MS, 3 * meter.intervalMs);
    return isOld ? null : powerOf(reading, site.nominalVoltageV);
  };
  return (seen) => {
    if (root === undefined) return [];
    slot = countDemand(slot, contract, { at: seen.at, wallMs: clock.wallMs(), powerW: powerNow(seen) });
    const powerW = demandLimitW(slot, contract);
    return [{ circuit: root.id, source: "demand-slot", scope: "all", limitA: null, powerW, lease: null }];
  };
};
