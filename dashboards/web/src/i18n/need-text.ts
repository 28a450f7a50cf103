import type { LiveNeed } from "#controller/protocol/live-frame.ts";
import type { Speech } from "./index.ts";

/** What a vehicle still needs, as a sentence. */
export const needText = ({ departsAt, energyWh, isEstimated }: LiveNeed, { say, figure, moment }: Speech): string => {
  const energy = figure((energyWh ?? 0) / 1000, 1);
  const time = departsAt === null ? "" : moment(departsAt);
  if (isEstimated) return say("need.estimated", { energy, time });
  if (departsAt === null) return say("need.energy", { energy });
  return energyWh === null ? say("need.departure", { time }) : say("need.both", { energy, time });
};
