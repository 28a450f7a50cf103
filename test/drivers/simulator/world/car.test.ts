import { describe, expect, it } from "vitest";
import { advanceCar, type Car, type CarModel, createCar, isFull } from "#drivers/simulator/world/car.ts";

const MODEL: CarModel = {
  phases: 3,
  minA: 6,
  maxA: 16,
  wattsPerAmp: 690,
  energyWantedWh: 20_000,
  lowersAfterMs: 2000,
  raisesAfterMs: 4000,
  onePhaseMs: 0,
  tapersFrom: 1,
  ignoresLimits: false,
};

const carOf = (change: Partial<CarModel> = {}): Car => createCar({ ...MODEL, ...change }, 0);

const run = (car: Car, offeredA: number, fromMs: number, toMs: number): void => {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 100) advanceCar(car, offeredA, nowMs);
};

describe("a car", () => {
  it("follows a higher offer only after its reaction time, up to its maximum", () => {
    const car = carOf();
    run(car, 32, 0, 3900);
    expect(car.drawnA).toBe(0);
    run(car, 32, 4000, 4000);
    expect(car.drawnA).toBe(16);
  });

  it("goes on drawing the old current until it reacts to a lower offer", () => {
    const car = carOf();
    run(car, 16, 0, 4000);
    run(car, 8, 4100, 6000);
    expect(car.drawnA).toBe(16);
    run(car, 8, 6100, 6100);
    expect(car.drawnA).toBe(8);
  });

  it("starts its reaction anew when an offer turns round", () => {
    const car = carOf();
    run(car, 10, 0, 4000);
    run(car, 16, 4100, 5000);
    run(car, 6, 5100, 7000);
    expect(car.drawnA).toBe(10);
    run(car, 6, 7100, 7100);
    expect(car.drawnA).toBe(6);
  });

  it("does not charge below its minimum", () => {
    const car = carOf();
    run(car, 5.9, 0, 10_000);
    expect(car.drawnA).toBe(0);
  });

  it("loads one phase while it wakes and then all of them", () => {
    const car = carOf({ raisesAfterMs: 0, onePhaseMs: 3000 });
    run(car, 16, 0, 2900);
    expect(car.phasesInUse).toBe(1);
    run(car, 16, 3000, 3000);
    expect(car.phasesInUse).toBe(3);
  });

  it("draws its maximum whatever is offered when it ignores limits", () => {
    const car = carOf({ ignoresLimits: true });
    run(car, 6, 0, 5000);
    expect(car.drawnA).toBe(16);
    run(car, 0, 5100, 8000);
    expect(car.drawnA).toBe(0);
  });

  it("draws less and less when nearly full and stops when it has what it wants", () => {
    const car = carOf({ energyWantedWh: 1000, tapersFrom: 0.5, raisesAfterMs: 0 });
    let nowMs = 0;
    const currents: number[] = [];
    while (!isFull(car) && nowMs < 3_600_000) {
      nowMs = Math.min(advanceCar(car, 16, nowMs), nowMs + 60_000);
      currents.push(car.drawnA);
    }
    advanceCar(car, 16, nowMs);
    expect(currents.toSorted((a, b) => b - a)).toEqual(currents);
    expect(Math.min(...currents)).toBeLessThan(8);
    expect(car.drawnA).toBe(0);
    expect(Math.abs(car.deliveredWh - 1000)).toBeLessThan(10);
  });
});
