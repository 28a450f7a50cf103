import type { Allocation } from "../allocate.ts";
import type { Grant } from "../division/grant.ts";
import type { Plan } from "../plan.ts";
import { aloneA } from "./alone.ts";

/**
 * The power that waits on each row, W: what the vehicles which that row binds could take, were they alone, above their setpoints.
 * A vehicle that takes nothing of an offer waits for nothing.
 */
export const waitingW = (
  { rowCount }: Pick<Plan, "rowCount">,
  { observed, setpoints, division }: Pick<Allocation, "observed" | "setpoints" | "division">,
): Float64Array => {
  const rowsW = new Float64Array(rowCount);
  const bound = new Map(division.grants.filter(isWaiting).map((grant) => [grant.claim.evse, grant]));
  observed.forEach((each, i) => {
    const grant = bound.get(each.planned.evse.id);
    if (grant === undefined || each.memory.parkedTimes > 0) return;
    const couldA = Math.min(grant.claim.maxA, aloneA(each, division.emptyA));
    const missingA = Math.max(0, couldA - (setpoints[i]?.currentA ?? 0));
    rowsW[grant.boundBy] = (rowsW[grant.boundBy] ?? 0) + missingA * grant.claim.wattsPerA;
  });
  return rowsW;
};

const isWaiting = ({ boundBy, claim }: Grant): boolean => boundBy >= 0 && !claim.isIdle;
