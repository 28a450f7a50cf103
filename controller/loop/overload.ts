import { limitInForce, type LimitValue } from "../model/limit.ts";
import { powerOf, type MeterReading } from "../model/reading.ts";
import type { Site } from "../model/site.ts";
import type { ProcessImage } from "./process-image.ts";

/**
 * Whether a meter's sample shows its circuit above the limit in force: such a sample starts a cycle at once (R4). A meter of
 * the building or of EVSEs alone shows no whole circuit and never does.
 */
export const createOverloadWatch = (
  site: Site,
  image: Pick<ProcessImage, "limits">,
): ((reading: MeterReading) => boolean) => {
  const circuits = new Map(
    site.meters
      .filter(({ measures }) => measures === "all")
      .map((meter) => [meter.id, site.circuits.find(({ id }) => id === meter.circuit)]),
  );
  return (reading) => {
    const circuit = circuits.get(reading.meter);
    if (circuit === undefined) return false;
    const limits = [
      { limitA: circuit.sealedA, powerW: circuit.sealedPowerW },
      ...image
        .limits()
        .filter((limit) => limit.circuit === circuit.id && limit.scope === "all")
        .map((limit) => limitInForce(limit, reading.sampledAt)),
    ];
    const powerW = powerOf(reading, site.nominalVoltageV);
    return limits.some((limit) => isAbove(reading, powerW, limit));
  };
};

const isAbove = ({ currentA }: MeterReading, powerW: number | null, limit: LimitValue): boolean =>
  (powerW !== null && limit.powerW !== null && powerW > limit.powerW) ||
  currentA.some((each, i) => each !== null && each > (limit.limitA?.[i] ?? Infinity));
