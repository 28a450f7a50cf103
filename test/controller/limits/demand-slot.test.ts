import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countDemand, demandLimitW, type DemandSlot } from "#controller/limits/demand-slot.ts";
import { instant } from "#controller/model/time.ts";

const MINUTE = 60_000;
const CONTRACT = { slotMs: 15 * MINUTE, contractW: 100_000 };
const START = 1_800_000_000_000;

/** Seconds of a site that draws what is asked of it and what is allowed; returns the mean of each slot, W. */
const runSlots = (
  seconds: number,
  buildingW: (second: number) => number,
  evW: number,
  lagS = 0,
): { readonly meansW: readonly number[]; readonly limitsW: readonly number[] } => {
  let slot: DemandSlot | null = null;
  const sums: number[] = [];
  const limitsW: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const allowedW = limitsW[second - 1 - lagS] ?? limitsW[0] ?? CONTRACT.contractW;
    const baseW = buildingW(second);
    const drawnW = baseW + Math.min(evW, Math.max(0, allowedW - baseW));
    const [at, wallMs] = [instant(second * 1000), START + second * 1000];
    slot = countDemand(slot, CONTRACT, { at, wallMs, powerW: drawnW });
    limitsW.push(demandLimitW(slot, CONTRACT));
    const index = Math.floor((second * 1000) / CONTRACT.slotMs);
    sums[index] = (sums[index] ?? 0) + drawnW;
  }
  return { meansW: sums.map((sum) => sum / (CONTRACT.slotMs / 1000)), limitsW };
};

describe("the demand of a slot", () => {
  test("is planned at the contract's power while exactly that is drawn", () => {
    const { limitsW } = runSlots(3600, () => 0, 200_000);
    for (const limitW of limitsW) expect(limitW).toBeCloseTo(100_000, 0);
  });

  test("lets what was left unused be caught up, and the end of the slot come without a cliff", () => {
    const { meansW, limitsW } = runSlots(1800, (second) => (second < 300 ? 40_000 : 0), 0);
    expect(Math.max(...meansW)).toBeLessThan(100_000);
    const caughtUp = runSlots(1800, (second) => (second % 900 < 300 ? 150_000 : 0), 120_000);
    expect(Math.max(...caughtUp.meansW)).toBeLessThanOrEqual(100_000 * 1.001);
    expect(limitsW[400]).toBeGreaterThan(140_000);
    expect(limitsW[898]).toBeLessThan(110_000);
  });

  test("allows nothing once the contract is used up", () => {
    const at = (second: number) => ({ at: instant(second * 1000), wallMs: START + second * 1000, powerW: 300_000 });
    const begun = countDemand(null, CONTRACT, at(0));
    expect(demandLimitW(countDemand(begun, CONTRACT, at(400)), CONTRACT)).toBe(0);
  });

  test("begins anew with each slot", () => {
    const sample = (minute: number, powerW: number) => ({
      at: instant(minute * MINUTE),
      wallMs: START + minute * MINUTE,
      powerW,
    });
    const full = countDemand(countDemand(null, CONTRACT, sample(0, 200_000)), CONTRACT, sample(14, 100_000));
    expect(demandLimitW(full, CONTRACT)).toBe(0);
    const next = countDemand(full, CONTRACT, sample(15, 100_000));
    expect(demandLimitW(next, CONTRACT)).toBeCloseTo(100_000, 0);
    expect(next.endsAt).toBe(30 * MINUTE);
  });

  test("counts a slot that was not watched from its beginning, and a lost meter, as fully used", () => {
    const wallMs = START + 10 * MINUTE;
    const begun = countDemand(null, CONTRACT, { at: instant(0), wallMs, powerW: 0 });
    expect(begun.endsAt).toBe(5 * MINUTE);
    expect(demandLimitW(begun, CONTRACT)).toBeCloseTo(100_000, 0);
    const silent = countDemand(begun, CONTRACT, { at: instant(MINUTE), wallMs: wallMs + MINUTE, powerW: null });
    expect(silent.powerW).toBe(100_000);
  });

  test("does not let export make up for import", () => {
    const begun = countDemand(null, CONTRACT, { at: instant(0), wallMs: START, powerW: -50_000 });
    const later = countDemand(begun, CONTRACT, { at: instant(MINUTE), wallMs: START + MINUTE, powerW: -50_000 });
    expect(later.importedWh).toBe(0);
  });

  test("keeps its length when the wall clock is set within it, and follows it afterwards (R10)", () => {
    const begun = countDemand(null, CONTRACT, { at: instant(0), wallMs: START, powerW: 0 });
    const stepped = countDemand(begun, CONTRACT, { at: instant(MINUTE), wallMs: START + 20 * MINUTE, powerW: 0 });
    expect(stepped.endsAt).toBe(15 * MINUTE);
    const next = countDemand(stepped, CONTRACT, {
      at: instant(15 * MINUTE),
      wallMs: START + 29 * MINUTE + 59_000,
      powerW: 0,
    });
    expect(next.endsAt).toBe(30 * MINUTE + 1000);
  });

  test("stays within the contract whatever the building does, as long as it stays within it on its own", () => {
    const building = fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 5, max: 300 })), {
      minLength: 4,
      maxLength: 20,
    });
    fc.assert(
      fc.property(building, fc.integer({ min: 0, max: 150_000 }), fc.constantFrom(0, 5, 10), (parts, evW, lagS) => {
        const loads = parts.flatMap(([powerW, seconds]) => Array.from({ length: seconds }, () => powerW));
        const { meansW } = runSlots(2700, (second) => loads[second % loads.length] ?? 0, evW, lagS);
        const tolerance = lagS === 0 ? 1.002 : 1.02;
        for (const meanW of meansW) expect(meanW).toBeLessThanOrEqual(CONTRACT.contractW * tolerance);
      }),
      { numRuns: 40 },
    );
  });
});
