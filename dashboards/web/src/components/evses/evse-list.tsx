import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import { useSpeech } from "../../i18n/index.ts";
import type { Names } from "../../names.ts";
import { EvseCard } from "./evse-card.tsx";

/** Every EVSE under the name of its station; the number is told where a station has several. */
export const EvseList = ({ frame: { evses, site }, names }: { readonly frame: LiveFrame; readonly names: Names }) => {
  const { say } = useSpeech();
  if (evses.length === 0) return <p class="empty">{say("evses.empty")}</p>;
  return (
    <ul class="card evses">
      {evses.map((evse) => (
        <EvseCard
          key={evse.id}
          evse={evse}
          name={names.evse(evse.id)}
          nameOf={names.circuit}
          isPlanned={site.strategy === "deadline"}
        />
      ))}
    </ul>
  );
};
