import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import { useSpeech } from "../../i18n/index.ts";
import { EvseCard } from "./evse-card.tsx";

/** Every EVSE under the name of its station; the number is told where a station has several. */
export const EvseList = ({ frame: { circuits, evses, stations } }: { readonly frame: LiveFrame }) => {
  const { say } = useSpeech();
  const circuitNames = new Map(circuits.map(({ id, name }) => [id, name]));
  const stationNames = new Map(stations.map(({ id, name }) => [id, name]));
  const counts = new Map<string, number>();
  for (const { station } of evses) counts.set(station, (counts.get(station) ?? 0) + 1);
  if (evses.length === 0) return <p class="empty">{say("evses.empty")}</p>;
  return (
    <ul class="card evses">
      {evses.map((evse) => {
        const station = stationNames.get(evse.station) ?? evse.station;
        const isOneOfMany = (counts.get(evse.station) ?? 0) > 1;
        const name = isOneOfMany ? `${station} · ${say("evse.number", { number: evse.number })}` : station;
        return <EvseCard key={evse.id} evse={evse} name={name} nameOf={(id) => circuitNames.get(id) ?? id} />;
      })}
    </ul>
  );
};
