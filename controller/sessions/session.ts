import type { EvseReading } from "../model/reading.ts";
import { elapsedMs, type Instant } from "../model/time.ts";

/** A vehicle at an EVSE from plug-in on, and what it got so far. */
export type Session = {
  readonly evse: string;
  readonly pluggedAt: Instant;
  /** Whether the plug-in was seen; else the vehicle stood there already when we came. */
  readonly isWhole: boolean;
  /** Energy delivered since, Wh; null: nothing measures it. */
  readonly deliveredWh: number | null;
  /** When the energy was counted last, and what the station's counter showed then, Wh. */
  readonly countedAt: Instant;
  readonly counterWh: number | null;
};

/** What an EVSE can deliver: bounds what is believed of its counter. */
export type Supply = { readonly voltageV: number; readonly mostW: number };

/** A current that was not heard of for longer than this is not taken to have flowed on, ms. */
const LONGEST_GAP_MS = 30_000;
/** The coarsest counters count kWh. */
const COUNTER_STEP_WH = 1000;
const MS_PER_H = 3_600_000;

/** The session that begins with this reading of a vehicle. */
export const beginSession = ({ evse, sampledAt, energyWh }: EvseReading, isWhole: boolean): Session => ({
  evse,
  pluggedAt: sampledAt,
  isWhole,
  deliveredWh: energyWh === null ? null : 0,
  countedAt: sampledAt,
  counterWh: energyWh,
});

/**
 * The session after a newer reading. The station's counter counts where it has one, else power or current and time. A counter
 * that starts again, or leaps further than the EVSE can deliver, is followed from where it is.
 */
export const followSession = (session: Session, reading: EvseReading, supply: Supply): Session => {
  if (reading.sampledAt <= session.countedAt) return session;
  if (reading.energyWh === null && session.counterWh !== null) return session;
  const gainWh = reading.energyWh === null ? flowedWh(session, reading, supply) : countedWh(session, reading, supply);
  return {
    ...session,
    deliveredWh: gainWh === null ? session.deliveredWh : (session.deliveredWh ?? 0) + gainWh,
    countedAt: reading.sampledAt,
    counterWh: reading.energyWh,
  };
};

const countedWh = ({ counterWh, countedAt }: Session, { energyWh, sampledAt }: EvseReading, { mostW }: Supply) => {
  const gainWh = (energyWh ?? 0) - (counterWh ?? energyWh ?? 0);
  const mostWh = (mostW * elapsedMs(countedAt, sampledAt)) / MS_PER_H + COUNTER_STEP_WH;
  return gainWh >= 0 && gainWh <= mostWh ? gainWh : 0;
};

const flowedWh = ({ countedAt }: Session, { powerW, terminalA, sampledAt }: EvseReading, { voltageV }: Supply) => {
  const flowingW = powerW ?? (terminalA === null ? null : voltageV * terminalA.reduce((sum, each) => sum + each, 0));
  const spanMs = elapsedMs(countedAt, sampledAt);
  if (flowingW === null) return null;
  return spanMs > LONGEST_GAP_MS ? 0 : (Math.max(0, flowingW) * spanMs) / MS_PER_H;
};
