import { CircuitTree } from "../components/circuits/circuit-tree.tsx";
import { EmergencyStop } from "../components/emergency-stop.tsx";
import { EvseList } from "../components/evses/evse-list.tsx";
import { FaultList } from "../components/fault-list.tsx";
import { InverterList } from "../components/inverter-list.tsx";
import { StrategyChoice } from "../components/strategy-choice.tsx";
import { Summary } from "../components/summary.tsx";
import { useSpeech } from "../i18n/index.ts";
import { namesIn } from "../names.ts";
import { siteState } from "../site-state.ts";
import type { PageProps } from "./page.ts";

/** The site as it is this second: is it safe, who charges, and why not faster. */
export const SiteNow = ({ live }: PageProps) => {
  const speech = useSpeech();
  const { say } = speech;
  const { frame } = live;
  if (frame === null) {
    return live.status === "connecting" ? <p class="empty">{say("live.connecting")}</p> : null;
  }
  const names = namesIn(frame, speech);
  const isStopped = frame.site.isEmergencyStopped;
  return (
    <div class="site-now">
      <h1 class="for-readers">{say("nav.site-now")}</h1>
      {isStopped && <EmergencyStop isStopped={true} />}
      <Summary frame={frame} state={siteState(live)} />
      <FaultList faults={frame.faults} names={names} />
      <section class="column" aria-labelledby="circuits-title">
        <h2 id="circuits-title">{say("circuits.title")}</h2>
        {frame.circuits.length === 0 && <p class="empty">{say("circuits.empty")}</p>}
        <CircuitTree circuits={frame.circuits} parent={null} depth={0} />
        <InverterList inverters={frame.inverters} />
        <StrategyChoice current={frame.site.strategy} />
        {!isStopped && <EmergencyStop isStopped={false} />}
      </section>
      <section class="column" aria-labelledby="evses-title">
        <h2 id="evses-title">{say("evses.title")}</h2>
        <EvseList frame={frame} names={names} />
      </section>
    </div>
  );
};
