import type { Claim } from "./division/claims.ts";
import type { Grant } from "./division/grant.ts";
import { grantClaims, type DivisionRules } from "./division/grants.ts";
import type { BuildingLoads } from "./observation/building-load.ts";
import type { Plan } from "./plan.ts";
import { TOLERANCE_A } from "./division/tolerance.ts";

/** A circuit whose phases may differ by so much at the most, with what its phases carry besides the claims, A. */
export type Balance = {
  readonly rows: readonly [number, number, number];
  readonly loadA: readonly [number, number, number];
  readonly mostA: number;
};

/** Grants, and what bound those that had to give something up for the balance of phases: the row of the phase that is too full. */
export type BalancedGrants = { readonly grants: readonly Grant[]; readonly loweredRows: ReadonlySet<number> };

/** So often at the most a division is repeated with less room. */
const MOST_ROUNDS = 40;

/**
 * Divides, and where the phases of a circuit differ too much, again with less for the vehicles that use the fuller phase of the
 * two and not the other: balance only ever lowers, and a vehicle on all phases is never in its way. Leaves `headroomA` as it is.
 */
export const grantBalanced = (
  claims: readonly Claim[],
  headroomA: Float64Array,
  rules: DivisionRules,
  balances: readonly Balance[],
): BalancedGrants => {
  if (balances.length === 0)
    return { grants: grantClaims(claims, Float64Array.from(headroomA), rules), loweredRows: new Set() };
  const tilts = balances.flatMap(tiltsOf);
  const roomA = new Float64Array(headroomA.length + tilts.length).fill(Infinity);
  roomA.set(headroomA);
  const tiltRow = (tilt: number): number => headroomA.length + tilt;
  const tiltable = claims.map((claim) => {
    const own = tilts.flatMap((tilt, i) => (isTilting(claim, tilt) ? [tiltRow(i)] : []));
    return { ...claim, rows: Int32Array.from([...claim.rows, ...own]) };
  });
  for (let round = 0; ; round++) {
    const grants = grantClaims(tiltable, Float64Array.from(roomA), rules);
    const given = (row: number): number =>
      grants.reduce((sum, { claim, currentA }) => sum + (claim.rows.includes(row) ? currentA : 0), 0);
    const tooMuch = tilts.flatMap((tilt, i) => {
      const excessA = tilt.loadA + given(tilt.row) - given(tilt.otherRow) - tilt.mostA;
      return excessA > TOLERANCE_A && given(tiltRow(i)) > TOLERANCE_A ? [{ row: tiltRow(i), excessA }] : [];
    });
    if (tooMuch.length === 0 || round >= MOST_ROUNDS) return describe(claims, grants, tilts, headroomA.length);
    for (const { row, excessA } of tooMuch) roomA[row] = Math.max(0, given(row) - excessA);
  }
};

/** One phase of a circuit being fuller than another: by how much it is without the claims, and may be, A. */
type Tilt = { readonly row: number; readonly otherRow: number; readonly loadA: number; readonly mostA: number };

const tiltsOf = ({ rows, loadA, mostA }: Balance): readonly Tilt[] =>
  rows.flatMap((row, i) =>
    rows.flatMap((otherRow, j) =>
      i === j ? [] : [{ row, otherRow, loadA: (loadA[i] ?? 0) - (loadA[j] ?? 0), mostA }],
    ),
  );

const isTilting = ({ rows }: Claim, { row, otherRow }: Tilt): boolean => rows.includes(row) && !rows.includes(otherRow);

/** The grants of the claims as they were made; where balance bound one, by the row of the fuller phase. */
const describe = (
  claims: readonly Claim[],
  grants: readonly Grant[],
  tilts: readonly Tilt[],
  rowCount: number,
): BalancedGrants => {
  const loweredRows = new Set<number>();
  const named = grants.map((grant, i): Grant => {
    const tilt = tilts[grant.boundBy - rowCount];
    if (tilt !== undefined) loweredRows.add(tilt.row);
    return { ...grant, claim: claims[i] ?? grant.claim, boundBy: tilt?.row ?? grant.boundBy };
  });
  return { grants: named, loweredRows };
};

/** The circuits to be balanced; what those beyond us draw is the difference between all headroom and what can be divided. */
export const balancesOf = (
  { site }: Plan,
  loads: BuildingLoads,
  headroomA: Float64Array,
  divisibleA: Float64Array,
): readonly Balance[] =>
  site.circuits.flatMap(({ maxImbalanceA }, index) => {
    if (maxImbalanceA === null) return [];
    const rows = [index * 3, index * 3 + 1, index * 3 + 2] as const;
    const beyondA = (row: number): number => Math.max(0, (headroomA[row] ?? 0) - (divisibleA[row] ?? 0));
    const [L1, L2, L3] = loads.circuits[index]?.loadA ?? [0, 0, 0];
    const loadA = [L1 + beyondA(rows[0]), L2 + beyondA(rows[1]), L3 + beyondA(rows[2])] as const;
    return [{ rows, loadA, mostA: maxImbalanceA }];
  });
