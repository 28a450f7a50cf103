import { elapsedMs, instant, type Instant } from "../model/time.ts";

/** A contract on the mean power of each metering slot, 15 or 30 minutes from the full hour on. */
export type DemandContract = { readonly slotMs: number; readonly contractW: number };

/** The running slot: what was imported in it so far, all phases together. */
export type DemandSlot = {
  readonly endsAt: Instant;
  /** Until when the import is counted. */
  readonly countedAt: Instant;
  readonly importedWh: number;
  /** The import at that time, W. */
  readonly powerW: number;
};

/** What was seen: import of the grid connection, W; null: unknown. */
export type DemandSample = { readonly at: Instant; readonly wallMs: number; readonly powerW: number | null };

/** Vehicles need so long to follow; what is drawn meanwhile is counted ahead, ms. */
const LAG_MS = 10_000;
/** Of what was left unused at most so much of a slot is caught up at a time: the last part of it ends without a cliff. */
const CATCH_UP_SHARE = 0.2;
/** A slot is not planned finer than this, ms. */
const LEAST_MS = 1_000;

/** Sums of many small figures may miss a whole watt by this. */
const ROUNDING_W = 1e-6;

const whOf = (powerW: number, ms: number): number => (powerW * ms) / 3_600_000;

/** Counts a sample. What was drawn before the first one is unknown and counts as all that the contract allows. */
export const countDemand = (
  slot: DemandSlot | null,
  contract: DemandContract,
  { at, wallMs, powerW }: DemandSample,
): DemandSlot => {
  const importW = importOf(slot, contract, powerW);
  if (slot === null) {
    const restMs = contract.slotMs - (wallMs % contract.slotMs);
    const importedWh = whOf(contract.contractW, contract.slotMs - restMs);
    return { endsAt: instant(at + restMs), countedAt: at, importedWh, powerW: importW };
  }
  if (at >= slot.endsAt) return nextSlot(contract, { at, wallMs, powerW: importW });
  const addedWh = whOf((slot.powerW + importW) / 2, elapsedMs(slot.countedAt, at));
  return { ...slot, countedAt: at, importedWh: slot.importedWh + addedWh, powerW: importW };
};

/** A lost meter is never no load: the contract's power or the last one counts (R4). Export does not make up for import. */
const importOf = (slot: DemandSlot | null, { contractW }: DemandContract, powerW: number | null): number =>
  powerW === null ? Math.max(contractW, slot?.powerW ?? 0) : Math.max(0, powerW);

/** The slot that begins: its end by the wall clock, which may have been set since, but never the end of the one before. */
const nextSlot = (
  { slotMs }: DemandContract,
  { at, wallMs, powerW }: DemandSample & { powerW: number },
): DemandSlot => {
  const restMs = slotMs - (wallMs % slotMs);
  const wholeMs = restMs < slotMs / 2 ? restMs + slotMs : restMs;
  const importedWh = whOf(powerW, Math.max(0, slotMs - wholeMs));
  return { endsAt: instant(at + wholeMs), countedAt: at, importedWh, powerW };
};

/**
 * The power that may be drawn for the rest of the slot so that its mean stays within the contract, W: what was drawn too
 * much is made up for until the end, what was left unused is caught up more and more slowly towards it.
 */
export const demandLimitW = (slot: DemandSlot, contract: DemandContract): number =>
  Math.max(0, Math.floor(plannedW(slot, contract) + ROUNDING_W));

const plannedW = (slot: DemandSlot, { slotMs, contractW }: DemandContract): number => {
  const restMs = Math.max(LEAST_MS, elapsedMs(slot.countedAt, slot.endsAt));
  const spareWh = whOf(contractW, slotMs - restMs) - slot.importedWh;
  const lagMs = Math.min(LAG_MS, restMs / 2);
  const aheadWh = spareWh - whOf(Math.max(0, slot.powerW - contractW), lagMs);
  const plannedMs = restMs - lagMs;
  if (aheadWh < 0) return contractW + (aheadWh * 3_600_000) / plannedMs;
  const catchUpMs = slotMs * CATCH_UP_SHARE;
  const easing = Math.min(1, plannedMs / catchUpMs);
  return contractW + (easing * aheadWh * 3_600_000) / Math.max(plannedMs, catchUpMs);
};
