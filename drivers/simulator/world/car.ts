/** A car's charger and battery as the EVSE sees them; currents in A per phase. */
export type CarModel = {
  readonly phases: 1 | 2 | 3;
  /** Below this offer it does not charge (IEC 61851-1: 6 A). */
  readonly minA: number;
  readonly maxA: number;
  /** Power over all its phases at 1 A per phase. */
  readonly wattsPerAmp: number;
  readonly energyWantedWh: number;
  /** Time until a lower or a higher offer changes what it draws, 0 to 5 s. */
  readonly lowersAfterMs: number;
  readonly raisesAfterMs: number;
  /** Time after each start during which it loads its first phase alone. */
  readonly onePhaseMs: number;
  /** Share of the energy it wants from which the current falls with what is missing; 1: never. */
  readonly tapersFrom: number;
  /** Draws its maximum whatever is offered, as long as anything is. */
  readonly ignoresLimits: boolean;
};

/** A car at an EVSE. Its energy is exact at `settledAtMs`. */
export type Car = {
  readonly model: CarModel;
  heardA: number;
  followsA: number;
  followsAtMs: number;
  allPhasesAtMs: number;
  drawnA: number;
  phasesInUse: number;
  deliveredWh: number;
  settledAtMs: number;
};

const TAPER_STEP_MS = 10_000;
const FULL_WH = 10;

/** A car that has just been plugged in. */
export const createCar = (model: CarModel, nowMs: number): Car => ({
  model,
  heardA: 0,
  followsA: 0,
  followsAtMs: Infinity,
  allPhasesAtMs: Infinity,
  drawnA: 0,
  phasesInUse: 0,
  deliveredWh: 0,
  settledAtMs: nowMs,
});

/** Power it takes, W. */
export const carPowerW = (car: Car): number =>
  car.drawnA * car.model.wattsPerAmp * (car.phasesInUse / car.model.phases);

/** Energy it has taken since it was plugged in, Wh. */
export const deliveredWh = (car: Car, nowMs: number): number =>
  car.deliveredWh + (carPowerW(car) * (nowMs - car.settledAtMs)) / 3_600_000;

/** Whether it wants nothing more. */
export const isFull = (car: Car): boolean =>
  car.model.energyWantedWh - car.deliveredWh <= Math.min(FULL_WH, car.model.energyWantedWh * 0.001);

const settle = (car: Car, nowMs: number): void => {
  car.deliveredWh = deliveredWh(car, nowMs);
  car.settledAtMs = nowMs;
};

const hear = (car: Car, offeredA: number, nowMs: number): void => {
  if (offeredA === car.heardA) return;
  const isLower = offeredA < car.followsA;
  const wasLower = car.heardA < car.followsA;
  const isWaiting = car.followsAtMs !== Infinity && isLower === wasLower;
  car.heardA = offeredA;
  if (!isWaiting) car.followsAtMs = nowMs + (isLower ? car.model.lowersAfterMs : car.model.raisesAfterMs);
};

const taperedA = (car: Car): number => {
  const { energyWantedWh, tapersFrom, maxA } = car.model;
  if (tapersFrom >= 1) return maxA;
  const missing = (energyWantedWh - car.deliveredWh) / energyWantedWh;
  return maxA * Math.min(1, Math.max(0.05, missing / (1 - tapersFrom)));
};

const wantedA = (car: Car): number => {
  if (isFull(car)) return 0;
  if (car.model.ignoresLimits) return car.followsA > 0 ? car.model.maxA : 0;
  if (car.followsA < car.model.minA) return 0;
  return Math.min(car.followsA, car.model.maxA, taperedA(car));
};

const usePhases = (car: Car, nowMs: number): void => {
  if (car.drawnA === 0) {
    car.phasesInUse = 0;
    car.allPhasesAtMs = Infinity;
    return;
  }
  if (car.phasesInUse === 0) car.allPhasesAtMs = nowMs + car.model.onePhaseMs;
  const isAwake = nowMs >= car.allPhasesAtMs || car.phasesInUse === car.model.phases;
  car.phasesInUse = isAwake ? car.model.phases : 1;
  if (isAwake) car.allPhasesAtMs = Infinity;
};

const nextEnergyEventMs = (car: Car, nowMs: number): number => {
  const powerW = carPowerW(car);
  if (powerW <= 0) return Infinity;
  const fullMs = ((car.model.energyWantedWh - car.deliveredWh) / powerW) * 3_600_000;
  if (car.model.tapersFrom >= 1) return nowMs + fullMs;
  const taperMs = ((car.model.energyWantedWh * car.model.tapersFrom - car.deliveredWh) / powerW) * 3_600_000;
  return nowMs + (taperMs > 0 ? taperMs : Math.min(TAPER_STEP_MS, fullMs));
};

/** Brings a car up to now under the current offered to it, A; returns when it changes next by itself, ms. */
export const advanceCar = (car: Car, offeredA: number, nowMs: number): number => {
  settle(car, nowMs);
  hear(car, offeredA, nowMs);
  if (nowMs >= car.followsAtMs) {
    car.followsA = car.heardA;
    car.followsAtMs = Infinity;
  }
  car.drawnA = wantedA(car);
  usePhases(car, nowMs);
  return Math.min(car.followsAtMs, car.allPhasesAtMs, nextEnergyEventMs(car, nowMs));
};
