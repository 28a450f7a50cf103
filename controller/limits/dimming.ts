import type { PhaseVector } from "../model/phase.ts";

/** What each controllable device keeps at least, W (§ 14a EnWG, BK6-22-300). */
const DEVICE_W = 4_200;
/** Simultaneity factor in percent for two devices, three, and so on; the last for all more. */
const FACTORS_PCT = [80, 75, 70, 65, 60, 55, 50, 45];

/**
 * The power that a dimmed site may draw from the grid for its controllable devices together, W (§ 14a EnWG, BK6-22-300,
 * control by an energy management system): 4.2 kW for the first, and for each further one as much by the simultaneity factor.
 */
export const guaranteedPowerW = (devices: number): number => {
  if (devices <= 0) return 0;
  const factorPct = FACTORS_PCT[Math.min(devices, FACTORS_PCT.length + 1) - 2] ?? 0;
  return DEVICE_W + ((devices - 1) * factorPct * DEVICE_W) / 100;
};

/** What the building feeds back, W: vehicles may take it on top, for it is not drawn from the grid. Phase by phase. */
export const surplusW = (buildingA: PhaseVector, voltageV: PhaseVector): number =>
  buildingA.reduce((sum, currentA, i) => sum + Math.max(0, -currentA) * (voltageV[i] ?? 0), 0);
