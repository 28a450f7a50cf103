import { divide, type Share } from "../division/divide.ts";
import { classesOf } from "../division/priority.ts";
import { turnOrder, type Turn } from "../division/turns.ts";
import type { Claim } from "../division/claims.ts";
import { phasesOf, PLAIN_WISH, type Outlook, type Strategy } from "./strategy.ts";

/**
 * Everybody from the surplus alone: what the grid connection draws stays at or below its target. A vehicle starts when its
 * minimum has been there for a while and stops after a longer lack; what the others leave is shared fairly.
 */
export const solarFirst: Strategy = {
  objective: "fair",
  holdsBack: "surplus",
  wish: (claims, outlook) => {
    const turns = turnOrder(claims, outlook.now);
    const ceilings = ceilingsOf(claims, turns, outlook);
    return claims.map((claim, index) => ({
      ...PLAIN_WISH,
      ...turns[index],
      ceilingA: outlook.boosts.has(claim.evse) ? Infinity : (ceilings.get(claim) ?? 0),
    }));
  },
};

/** The fair share of the surplus of every claim that runs on it, A, within the tree. */
const ceilingsOf = (claims: readonly Claim[], turns: readonly Turn[], outlook: Outlook): ReadonlyMap<Claim, number> => {
  const { headroomA, surplus, settings, boosts, voltageV } = outlook;
  const inOrder = classesOf(claims).flatMap((members) =>
    members.toSorted((a, b) => (turns[a]?.order ?? 0) - (turns[b]?.order ?? 0)).flatMap((i) => claims[i] ?? []),
  );
  const boostedW = sum(
    inOrder.filter(({ evse }) => boosts.has(evse)).map((each) => watts(each, each.history.setpointA)),
  );
  const spareW = settings.gridDrawW - boostedW;
  const running = runningOn(
    inOrder.filter(({ evse }) => !boosts.has(evse)),
    { ...outlook, surplus: { ...surplus, lastedW: surplus.lastedW + spareW, bestW: surplus.bestW + spareW } },
  );
  const leastW = sum(running.map((claim) => watts(claim, floorOf(claim, outlook))));
  const surplusRow = headroomA.length;
  const roomA = Float64Array.from([...headroomA, Math.max(leastW, surplus.nowW + spareW) / voltageV]);
  const shares = running.map((claim) => shareOf(claim, surplusRow, outlook));
  const { currentA } = divide(shares, roomA);
  return new Map(running.map((claim, i) => [claim, currentA[i] ?? 0]));
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const watts = ({ wattsPerA }: Claim, currentA: number): number => wattsPerA * currentA;

const floorOf = ({ minA, maxA }: Claim, { settings }: Outlook): number =>
  Math.min(maxA, Math.max(minA, settings.floorA));

/** Those whose minimums the surplus carries, in order; with a floor, all. */
const runningOn = (inOrder: readonly Claim[], { surplus, settings }: Outlook): readonly Claim[] => {
  if (settings.floorA > 0) return inOrder;
  let usedW = 0;
  return inOrder.filter((claim) => {
    const enoughW = claim.history.setpointA > 0 ? surplus.bestW : surplus.lastedW;
    const isCarried = usedW + watts(claim, claim.minA) <= enoughW;
    if (isCarried) usedW += watts(claim, claim.minA);
    return isCarried;
  });
};

/** It loads the row of the surplus once a phase; a vehicle that draws nothing is offered no more than the least. */
const shareOf = (claim: Claim, surplusRow: number, outlook: Outlook): Share => {
  const minA = floorOf(claim, outlook);
  return {
    rows: Int32Array.from([
      ...claim.rows,
      ...Array.from({ length: phasesOf(claim, outlook.voltageV) }, () => surplusRow),
    ]),
    minA,
    maxA: claim.isIdle ? minA : claim.maxA,
    weight: 1,
  };
};
