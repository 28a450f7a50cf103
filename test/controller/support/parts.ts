import type { Claim } from "#controller/allocation/division/claims.ts";
import { NEW_EVSE, type EvseMemory } from "#controller/allocation/memory.ts";
import type { Observed } from "#controller/allocation/observation/accounted.ts";
import { planSite, type PlannedEvse } from "#controller/allocation/plan.ts";
import { UNKNOWN_NEED } from "#controller/model/need.ts";
import { allPhases, ZERO } from "#controller/model/phase.ts";
import type { EvseReading } from "#controller/model/reading.ts";
import type { Circuit, Evse, Site } from "#controller/model/site.ts";
import type { Snapshot } from "#controller/model/snapshot.ts";
import { instant } from "#controller/model/time.ts";
import { evse as ONE_EVSE, SITE } from "./one-station.ts";

/** A claim of 6 to 32 A on one row, of a vehicle that came at 0 and was never served; what is given replaces the rest. */
export const claim = ({
  rows = [0],
  history = {},
  ...rest
}: Partial<Omit<Claim, "rows" | "history">> & {
  readonly rows?: readonly number[];
  readonly history?: Partial<Claim["history"]>;
} = {}): Claim => ({
  evse: "bay/1",
  priority: 0,
  arrivedAt: instant(0),
  wattsPerA: 230,
  isIdle: false,
  need: UNKNOWN_NEED,
  minA: 6,
  maxA: 32,
  stepA: 1,
  weight: 1,
  ...rest,
  history: { setpointA: 0, servedSince: null, waitingSince: null, pauses: 0, learned: null, ...history },
  rows: Int32Array.from(rows),
});

/** The same on the given rows of a 230 V site. */
export const claimOn = (rows: readonly number[], index: number, over: Partial<Claim> = {}): Claim => ({
  ...claim({ evse: `bay-${index}/1`, rows, wattsPerA: 230 * rows.length }),
  ...over,
});

const firstOf = <T>([first]: readonly T[]): T => {
  if (first === undefined) throw new Error("at least one");
  return first;
};

/** A circuit of 32 A without load or meter. */
export const circuit = (part: Partial<Circuit> & Pick<Circuit, "id">): Circuit => ({
  ...firstOf(SITE.circuits),
  name: part.id,
  ...part,
});

/** An EVSE of 6 to 32 A on three phases, and its id. */
export const evse = (station: string, part: Partial<Evse> = {}): Evse => ({
  ...ONE_EVSE,
  id: `${station}/1`,
  station,
  ...part,
});

/** A site of these circuits and EVSEs, each EVSE with a station of its own. */
export const siteOf = (part: Partial<Site>): Site => ({
  ...SITE,
  ...part,
  stations: (part.evses ?? SITE.evses).map(({ station }) => ({ ...firstOf(SITE.stations), id: station })),
});

/** What an EVSE said; nothing but its state unless given. */
export const reading = (part: Partial<EvseReading> = {}): EvseReading => ({
  evse: ONE_EVSE.id,
  sampledAt: instant(0),
  state: "C",
  terminalA: null,
  offeredA: null,
  powerW: null,
  energyWh: null,
  failsafeA: null,
  failsafeTimeoutMs: null,
  ...part,
});

/** A snapshot in which nothing is known unless given. */
export const snapshot = ({ atMs = 0, ...part }: Partial<Snapshot> & { readonly atMs?: number } = {}): Snapshot => ({
  at: instant(atMs),
  evses: new Map(),
  meters: new Map(),
  contacts: new Map(),
  writes: new Map(),
  limits: [],
  needs: new Map(),
  boosts: new Map(),
  inverters: new Map(),
  prices: [],
  strategy: "equal-share",
  isEmergencyStopped: false,
  isOnGenerator: false,
  faults: [],
  ...part,
});

const PLANNED = firstOf(planSite(SITE).evses);

/** An EVSE as observed: reachable, with a vehicle that charges and draws nothing, on all its phases, unless given. */
export const observed = ({
  memory = {},
  planned = PLANNED,
  ...part
}: Partial<Omit<Observed, "memory">> & {
  readonly memory?: Partial<EvseMemory>;
  readonly planned?: PlannedEvse;
} = {}): Observed => ({
  planned,
  reading: reading(),
  isReachable: true,
  drawnA: ZERO,
  boundA: 0,
  accountedA: ZERO,
  phaseMask: planned.wiredMask,
  isDisobeying: false,
  excessA: allPhases(0),
  ...part,
  memory: { ...NEW_EVSE, ...memory },
});
