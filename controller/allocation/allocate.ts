import { UNKNOWN_NEED } from "../model/need.ts";
import { mapPhases, subtractPhases, ZERO, type PhaseVector } from "../model/phase.ts";
import type { Setpoint } from "../model/setpoint.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { instant } from "../model/time.ts";
import { balancesOf, grantBalanced } from "./balance.ts";
import { observe, type Observed } from "./observation/accounted.ts";
import { buildingLoads, type BuildingLoad, type BuildingLoads } from "./observation/building-load.ts";
import { claimOf, type Claim, type ClaimOrReason } from "./division/claims.ts";
import type { Grant } from "./division/grant.ts";
import { rememberSurplus, surplusOf } from "./observation/surplus.ts";
import { effectiveLimits, type EffectiveLimit } from "./observation/limits.ts";
import type { Memory } from "./memory.ts";
import type { Plan } from "./plan.ts";
import { reasonOf } from "./reasons.ts";
import { release, type Goal, type Release, type RowState } from "./release.ts";
import { remember } from "./remember.ts";
import { addOnRows, rowStates, sumOnRows, type RowScene } from "./row-states.ts";
import type { Strategy } from "./strategies/strategy.ts";
import { SETPOINT_VALID_MS } from "./timing.ts";

/** Everything a cycle is decided from. */
export type AllocationInput = {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly previous: Memory;
  readonly strategy: Strategy;
};

/** One circuit as the allocation saw it, A per phase. */
export type CircuitState = {
  readonly limit: EffectiveLimit;
  readonly building: BuildingLoad;
  readonly accountedA: PhaseVector;
  readonly drawnA: PhaseVector;
  /** Limit less reserve, building load and accounted current; negative: over. */
  readonly headroomA: PhaseVector;
};

/** What a cycle decided, and what it hands to the next. Circuits and EVSEs are in the site's order. */
export type Allocation = {
  readonly setpoints: readonly Setpoint[];
  readonly observed: readonly Observed[];
  readonly circuits: readonly CircuitState[];
  readonly memory: Memory;
  readonly division: Divided;
};

/** What was divided among whom: what explanations are made from. Currents in A per row. */
export type Divided = {
  /** Of those who made a claim. */
  readonly grants: readonly Grant[];
  /** Headroom for those who could be told something, before they were given any. */
  readonly divisibleA: Float64Array;
  /** Headroom if no EVSE drew anything. */
  readonly emptyA: Float64Array;
};

/** Decides one cycle for the whole site: one named step a line, no I/O, no clock, the same answer for the same input. */
export const allocate = ({ plan, snapshot, previous, strategy }: AllocationInput): Allocation => {
  const observed = observe(plan.evses, snapshot, previous);
  const loads = buildingLoads(plan, snapshot, observed, previous);
  const limits = effectiveLimits(plan, snapshot);
  const rows = rowStates({ plan, observed, limits, loads });
  const { at: now, prices, boosts } = snapshot;
  const { nominalVoltageV: voltageV, guaranteeMinimums, strategySettings: settings } = plan.site;
  const meterState = loads.circuits[0]?.meterState ?? null;
  const missing = missingDevices(observed, loads);
  const claims = observed.map((each) =>
    snapshot.isEmergencyStopped ? "emergency-stop" : boosted(claimOf(each, { snapshot, voltageV, missing }), snapshot),
  );
  const surplus = rememberSurplus({ plan, snapshot, observed, meterState }, previous.surplus);
  const outlook = { now, surplus: surplusOf(surplus), prices, boosts, settings, voltageV };
  const rules = { strategy, outlook, guaranteeMinimums };
  const divisibleA = divisible(observed, claims, rows);
  const balances = balancesOf(plan, loads, rows.headroomA, divisibleA);
  const { grants, loweredRows } = grantBalanced(claims.filter(isClaim), divisibleA, rules, balances);
  const granted = new Map(grants.map((grant) => [grant.claim.evse, grant]));
  const goals = goalsOf(observed, granted);
  const circuits = circuitStates({ plan, observed, limits, loads }, rows.accountedA);
  const released = release(goals, rows, now);
  const setpoints = released.map((each, i) =>
    toSetpoint(
      { plan, limits, snapshot, strategy, loweredRows },
      each,
      claims[i],
      granted.get(each.observed.planned.evse.id),
    ),
  );
  const memory = { ...loads.memory, surplus, evses: remember(released, claims, { now, missing }) };
  return { setpoints, observed, circuits, memory, division: { grants, divisibleA, emptyA: rows.headroomA } };
};

/** EVSEs and meters that take room because nothing is known of them: all behind the grid connection, so from all. */
const missingDevices = (observed: readonly Observed[], { circuits }: BuildingLoads): number =>
  observed.filter(({ isReachable }) => !isReachable).length +
  circuits.filter(({ meterState }) => meterState === "lost" || meterState === "frozen").length;

const isClaim = (claim: ClaimOrReason): claim is Claim => typeof claim !== "string";

/** A boosted claim is of a class above all others, and no plan lets it wait; no limit knows of classes. */
const boosted = (claim: ClaimOrReason, { boosts }: Snapshot): ClaimOrReason =>
  isClaim(claim) && boosts.has(claim.evse) ? { ...claim, priority: Infinity, need: UNKNOWN_NEED } : claim;

/** Headroom for those who can be told something: less all that is accounted to those who cannot. */
const divisible = (observed: readonly Observed[], claims: readonly ClaimOrReason[], rows: RowState): Float64Array => {
  const headroomA = Float64Array.from(rows.headroomA);
  observed.forEach((each, i) => {
    const claim = claims[i];
    const isBeyondUs = claim === "silent" || claim === "disobeys" || claim === "station-fault";
    addOnRows(headroomA, each.planned, isBeyondUs ? each.accountedA : each.excessA, -1);
  });
  return headroomA.map((value) => Math.max(0, value));
};

const goalsOf = (observed: readonly Observed[], granted: ReadonlyMap<string, Grant>): readonly Goal[] =>
  observed.map((each) => {
    const grant = granted.get(each.planned.evse.id);
    return { observed: each, currentA: grant?.currentA ?? 0, maxA: grant?.claim.maxA ?? 0 };
  });

type Scene = {
  readonly plan: Plan;
  readonly limits: readonly EffectiveLimit[];
  readonly snapshot: Snapshot;
  readonly strategy: Strategy;
  readonly loweredRows: ReadonlySet<number>;
};

const toSetpoint = (
  scene: Scene,
  released: Release,
  claim: ClaimOrReason | undefined,
  grant: Grant | undefined,
): Setpoint => ({
  evse: released.observed.planned.evse.id,
  currentA: released.currentA,
  reason: reasonOf(scene, released, claim, grant),
  expiresAt: instant(scene.snapshot.at + SETPOINT_VALID_MS),
});

const circuitStates = (
  { plan, observed, limits, loads }: RowScene,
  accountedRowsA: Float64Array,
): readonly CircuitState[] => {
  const drawnRowsA = sumOnRows(plan, observed, ({ drawnA }) => drawnA ?? ZERO);
  return plan.site.circuits.flatMap((circuit, index) => {
    const limit = limits[index];
    const building = loads.circuits[index];
    if (limit === undefined || building === undefined) return [];
    const accountedA = mapPhases((i) => accountedRowsA[index * 3 + i] ?? 0);
    const drawnA = mapPhases((i) => drawnRowsA[index * 3 + i] ?? 0);
    const freeA = mapPhases((i) => limit.limitA[i] - circuit.reserveA - building.loadA[i]);
    return [{ limit, building, accountedA, drawnA, headroomA: subtractPhases(freeA, accountedA) }];
  });
};
