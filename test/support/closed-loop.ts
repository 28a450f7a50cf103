import { allocate, type Allocation } from "#controller/allocation/allocate.ts";
import { EMPTY_MEMORY, type Memory } from "#controller/allocation/memory.ts";
import { planSite, type Plan } from "#controller/allocation/plan.ts";
import { STRATEGIES } from "#controller/allocation/strategies/register.ts";
import type { PhaseVector } from "#controller/model/phase.ts";
import { ZERO } from "#controller/model/phase.ts";
import type { Limit } from "#controller/model/limit.ts";
import type { EvseReading, VehicleState } from "#controller/model/reading.ts";
import { failed, ok } from "#controller/model/result.ts";
import { fault } from "#controller/model/fault.ts";
import type { Evse, Site, Station } from "#controller/model/site.ts";
import { elapsedMs, instant, type Instant } from "#controller/model/time.ts";
import type { Setpoint } from "#controller/model/setpoint.ts";
import type { Snapshot } from "#controller/model/snapshot.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";

/** One vehicle of the closed loop: what it would draw, and how late it follows its offer, in cycles. */
export type TestCar = {
  readonly wantsA: number;
  readonly terminals: number;
  readonly lagCycles: number;
  readonly state: VehicleState;
};

/** What happens in one cycle beside the loop itself. */
export type TestEvent = {
  readonly buildingA?: PhaseVector;
  readonly isMeterSilent?: boolean;
  /** They hear nothing and say nothing. */
  readonly silentStations?: ReadonlySet<string>;
  /** They hear everything, and none of their answers arrives. */
  readonly unheardStations?: ReadonlySet<string>;
  readonly lostWrites?: ReadonlySet<string>;
  readonly limits?: readonly Limit[];
  readonly isEmergencyStopped?: boolean;
};

/** What was true, and what was decided, in one cycle. */
export type TestCycle = {
  readonly snapshot: Snapshot;
  readonly allocation: Allocation;
  readonly before: Memory;
  /** Real current per row: building load at the top, EVSEs everywhere. */
  readonly realA: Float64Array;
};

/** Dear and cheap by turns, so that a strategy which follows prices starts and stops. */
const PRICES = Array.from({ length: 20 }, (_, k) => ({
  from: instant(k * 20_000),
  until: instant((k + 1) * 20_000),
  pricePerKwh: k % 2,
}));

/** The allocation closed over a simple world: cars that follow late, writes that get lost, one meter at the top. */
export const runClosedLoop = (
  site: Site,
  cars: ReadonlyMap<string, TestCar>,
  events: readonly TestEvent[],
): readonly TestCycle[] => {
  const plan = planSite(site);
  const strategy = STRATEGIES[site.strategy];
  const image = createProcessImage(site);
  image.setPrices(() => PRICES);
  const evses = new Map(plan.evses.map(({ evse, station }) => [evse.id, createTestEvse(evse, station, instant(0))]));
  let previous = EMPTY_MEMORY;
  let buildingA: PhaseVector = ZERO;
  return events.map((event, k) => {
    const at = instant(k * site.cycleMs);
    buildingA = event.buildingA ?? buildingA;
    const draws = new Map(site.evses.map((evse) => [evse.id, drawOf(cars.get(evse.id), evses.get(evse.id))]));
    const realA = realRows(plan, cars, draws, buildingA);
    hear({ site, image, cars, evses, draws, event, at });
    if (event.isMeterSilent !== true) hearMeter(image, at, realA);
    image.setLimits(event.limits ?? []);
    image.setEmergencyStop(event.isEmergencyStopped === true);
    const snapshot = image.freeze(at);
    const before = previous;
    const allocation = allocate({ plan, snapshot, previous, strategy });
    previous = allocation.memory;
    for (const setpoint of allocation.setpoints) tell({ image, evses, event, at }, setpoint, snapshot);
    for (const evse of evses.values()) evse.offerNow(at);
    return { snapshot, allocation, before, realA };
  });
};

/**
 * An EVSE that does what it hears, and falls back to its failsafe by itself once it has heard nothing for its watchdog time.
 * Here that never raises it: whether failsafe currents fit the limits is for the fallback proof to say (R6).
 */
type TestEvse = {
  /** Any request feeds its watchdog: a fallback ends, and what it was told last holds again. */
  hear(at: Instant): void;
  /** The same for a write, which holds from now on. */
  obey(at: Instant, currentA: number): void;
  /** What it offers now, A; its watchdog is looked at once a cycle. */
  offerNow(at: Instant): void;
  /** What it has offered, one value a cycle, newest last, A. */
  readonly offersA: readonly number[];
};

const createTestEvse = ({ failsafeA }: Evse, { watchdogMs }: Station, startedAt: Instant): TestEvse => {
  const offersA = [0];
  let toldA = 0;
  let heardAt = startedAt;
  const isFallenBack = (at: Instant): boolean => watchdogMs !== null && elapsedMs(heardAt, at) >= watchdogMs;
  return {
    offersA,
    hear: (at) => {
      heardAt = at;
    },
    obey: (at, currentA) => {
      heardAt = at;
      toldA = currentA;
    },
    offerNow: (at) => void offersA.push(isFallenBack(at) ? Math.min(failsafeA ?? toldA, toldA) : toldA),
  };
};

type Image = ReturnType<typeof createProcessImage>;
type Telling = {
  readonly image: Image;
  readonly evses: ReadonlyMap<string, TestEvse>;
  readonly event: TestEvent;
  readonly at: Snapshot["at"];
};
type Hearing = Telling & {
  readonly site: Site;
  readonly cars: ReadonlyMap<string, TestCar>;
  readonly draws: ReadonlyMap<string, number>;
};

const isAmong = (stations: ReadonlySet<string> | undefined, station: string): boolean =>
  stations?.has(station) === true;

const hear = ({ site, image, cars, evses, draws, event, at }: Hearing): void => {
  for (const { id, station, failsafeA } of site.evses) {
    const evse = evses.get(id);
    if (evse === undefined || !image.mayPoll(station, at)) continue;
    image.beginPoll(station, at);
    const isDeaf = isAmong(event.silentStations, station);
    if (!isDeaf) evse.hear(at);
    const now = { drawA: draws.get(id) ?? 0, offeredA: evse.offersA.at(-1) ?? 0 };
    const isSilent = isDeaf || isAmong(event.unheardStations, station);
    const answer = isSilent ? failed(fault("timeout", station, "")) : ok([readingOf(id, at, cars.get(id), now)]);
    image.noteStation(station, at, answer, failsafeA !== null);
  }
};

const hearMeter = (image: Image, at: Snapshot["at"], realA: Float64Array): void => {
  const currentA = [realA[0] ?? 0, realA[1] ?? 0, realA[2] ?? 0] as const;
  image.noteMeter("main", ok({ meter: "main", sampledAt: at, currentA, voltageV: null, powerW: null }));
};

const tell = ({ image, evses, event, at }: Telling, { evse, currentA }: Setpoint, snapshot: Snapshot): void => {
  const station = evse.split("/")[0] ?? "";
  if (snapshot.contacts.get(station)?.traffic === "none" && !snapshot.isEmergencyStopped) return;
  const isLost = isAmong(event.lostWrites, station) || isAmong(event.silentStations, station);
  image.beginWrite(evse, currentA, at);
  if (!isLost) evses.get(evse)?.obey(at, currentA);
  const isUnheard = isLost || isAmong(event.unheardStations, station);
  image.endWrite(evse, currentA, at, isUnheard ? failed(fault("timeout", station, "")) : ok(null));
};

const drawOf = (car: TestCar | undefined, evse: TestEvse | undefined): number => {
  if (car === undefined || evse === undefined || car.state !== "C") return 0;
  return Math.min(car.wantsA, Math.max(...evse.offersA.slice(-1 - car.lagCycles)));
};

const readingOf = (
  evse: string,
  sampledAt: Snapshot["at"],
  car: TestCar | undefined,
  now: { drawA: number; offeredA: number },
): EvseReading => ({
  evse,
  sampledAt,
  state: car?.state ?? "A",
  terminalA: [now.drawA, (car?.terminals ?? 0) >= 2 ? now.drawA : 0, (car?.terminals ?? 0) >= 3 ? now.drawA : 0],
  offeredA: now.offeredA,
  powerW: null,
  energyWh: null,
  failsafeA: null,
  failsafeTimeoutMs: null,
});

const realRows = (
  plan: Plan,
  cars: ReadonlyMap<string, TestCar>,
  draws: ReadonlyMap<string, number>,
  buildingA: PhaseVector,
): Float64Array => {
  const realA = new Float64Array(plan.rowCount);
  buildingA.forEach((loadA, i) => (realA[i] = loadA));
  for (const { evse, rowsByMask } of plan.evses) {
    evse.phases.slice(0, cars.get(evse.id)?.terminals ?? 0).forEach((phase) => {
      const bit = 1 << ["L1", "L2", "L3"].indexOf(phase);
      for (const row of rowsByMask[bit] ?? []) realA[row] = (realA[row] ?? 0) + (draws.get(evse.id) ?? 0);
    });
  }
  return realA.subarray(0, plan.site.circuits.length * 3);
};
