import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import { useSpeech } from "../i18n/index.ts";
import { PHASES } from "../phases.ts";
import { hasVehicle, isCharging, isHeldBack, type SiteState } from "../site-state.ts";

type Tightest = { readonly circuit: string; readonly phase: string; readonly headroomA: number };

/** Where the next ampere is missing first. */
const tightest = ({ circuits }: LiveFrame): Tightest | null => {
  const all = circuits.flatMap(({ name, headroomA }) =>
    PHASES.map((phase, index) => ({ circuit: name, phase, headroomA: headroomA[index] ?? 0 })),
  );
  return all.toSorted((a, b) => a.headroomA - b.headroomA)[0] ?? null;
};

const drawnW = ({ evses }: LiveFrame): number => evses.reduce((sum, { powerW }) => sum + (powerW ?? 0), 0);

const Sentence = ({ frame, state }: { readonly frame: LiveFrame; readonly state: SiteState }) => {
  const { say } = useSpeech();
  const isIdle = state === "normal" && !frame.evses.some(hasVehicle);
  const key = isIdle ? "idle" : state === "connecting" ? "offline" : state;
  return <p class="sentence">{say(`summary.${key}`, { count: frame.evses.filter(isHeldBack).length })}</p>;
};

/** The site in one sentence and four figures. */
export const Summary = ({ frame, state }: { readonly frame: LiveFrame; readonly state: SiteState }) => {
  const { say, figure, time } = useSpeech();
  const least = tightest(frame);
  return (
    <section class="summary" aria-label={say("summary.label")}>
      <Sentence frame={frame} state={state} />
      <dl>
        <div>
          <dt>{say("summary.charging")}</dt>
          <dd>
            {say("summary.charging-value", { count: frame.evses.filter(isCharging).length, total: frame.evses.length })}
          </dd>
        </div>
        <div>
          <dt>{say("summary.power")}</dt>
          <dd>{figure(drawnW(frame) / 1000, 1)} kW</dd>
        </div>
        {least !== null && (
          <div>
            <dt>{say("summary.tightest")}</dt>
            <dd>
              {figure(least.headroomA, 1)} A <small>{say("summary.where", least)}</small>
            </dd>
          </div>
        )}
        <div>
          <dt>{say("summary.updated")}</dt>
          <dd>{time(frame.at)}</dd>
        </div>
      </dl>
    </section>
  );
};
