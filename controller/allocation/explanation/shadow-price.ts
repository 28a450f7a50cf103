import type { Claim } from "../division/claims.ts";
import type { Grant } from "../division/grant.ts";
import { takeRoom } from "../division/room.ts";
import { solvePacking } from "../division/energy/simplex.ts";

/**
 * What one more ampere on each row would bring at the best use among those served, W. Where rows bind together, such as the
 * three phases under three-phase vehicles, the price of all may stand on one of them: their sum is what an ampere on each brings.
 */
export const shadowPrices = (grants: readonly Grant[], headroomA: Float64Array): Float64Array => {
  const served = grants.flatMap(({ claim, isAdmitted }) => (isAdmitted ? [claim] : []));
  const room = Float64Array.from(headroomA);
  for (const { rows, minA } of served) takeRoom(rows, minA, room);
  // Who loads the same rows at the same worth is one variable: the programme grows with the circuits, not with the EVSEs.
  const alike = [...Map.groupBy(served, ({ wattsPerA, rows }) => `${wattsPerA}/${rows.join()}`).values()];
  return solvePacking({
    value: alike.map(([one]) => one?.wattsPerA ?? 0),
    upper: alike.map(mostMoreA),
    rowsOf: alike.map(([one]) => one?.rows ?? []),
    room,
  }).rowPrice;
};

const mostMoreA = (claims: readonly Claim[]): number => claims.reduce((sum, { minA, maxA }) => sum + maxA - minA, 0);
