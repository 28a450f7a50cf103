import { limitInForce } from "../model/limit.ts";
import type { MeterReading } from "../model/reading.ts";
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
    const limitsA = [
      circuit.sealedA,
      ...image
        .limits()
        .filter((limit) => limit.circuit === circuit.id)
        .map((limit) => limitInForce(limit, reading.sampledAt)),
    ];
    return reading.currentA.some(
      (currentA, i) => currentA !== null && limitsA.some((limitA) => currentA > (limitA[i] ?? 0)),
    );
  };
};
