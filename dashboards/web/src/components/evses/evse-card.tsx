import type { ComponentChildren } from "preact";
import type { LiveEvse } from "#controller/protocol/live-frame.ts";
import { needText } from "../../i18n/need-text.ts";
import { aloneText, reasonText } from "../../i18n/reason-text.ts";
import { useSpeech } from "../../i18n/index.ts";
import { PHASES } from "../../phases.ts";
import { isCharging, isHeldBack } from "../../site-state.ts";
import { Icon, type IconName } from "../icon.tsx";
import { EvseBoost } from "./evse-boost.tsx";

const VEHICLE_ICONS = {
  A: "empty",
  B: "plug",
  C: "bolt",
  D: "bolt",
  E: "warning",
  F: "warning",
  unknown: "question",
  silent: "offline",
} as const satisfies Record<string, IconName>;

const stateOf = ({ isReachable, state }: LiveEvse): keyof typeof VEHICLE_ICONS =>
  isReachable ? (state ?? "unknown") : "silent";

/** Empty, told nothing and taking nothing: its figures would only be zeros. */
const isIdle = ({ state, isReachable, setpointA, drawnA }: LiveEvse): boolean =>
  isReachable && state === "A" && setpointA === 0 && (drawnA ?? []).every((valueA) => valueA === 0);

const Figure = (props: { readonly name: string; readonly kind: string; readonly children: ComponentChildren }) => (
  <div class={`figure ${props.kind}`}>
    <dt>{props.name}</dt>
    <dd>{props.children}</dd>
  </div>
);

const Drawn = ({ evse: { drawnA, phases } }: { readonly evse: LiveEvse }) => {
  const { say, figure } = useSpeech();
  if (drawnA === null) return <span class="hint">{say("evse.not-measured")}</span>;
  const wired = PHASES.flatMap((phase, index) =>
    phases.includes(phase) ? [{ phase, valueA: drawnA[index] ?? 0 }] : [],
  );
  return (
    <ul class="per-phase">
      {wired.map(({ phase, valueA }) => (
        <li key={phase}>
          <small>{phase}</small> {figure(valueA, 1)}
        </li>
      ))}
    </ul>
  );
};

const Figures = ({ evse }: { readonly evse: LiveEvse }) => {
  const { say, figure, plain } = useSpeech();
  const { setpointA, offeredA, powerW } = evse;
  return (
    <dl>
      <Figure name={say("evse.setpoint")} kind="setpoint">
        {plain(setpointA)} A
      </Figure>
      <Figure name={say("evse.offered")} kind="offered">
        {offeredA === null ? "–" : `${plain(offeredA)} A`}
      </Figure>
      <Figure name={say("evse.power")} kind="power">
        {powerW === null ? "–" : `${figure(powerW / 1000, 1)} kW`}
      </Figure>
      <Figure name={say("evse.drawn")} kind="drawn-figure">
        <Drawn evse={evse} />
      </Figure>
    </dl>
  );
};

type Props = {
  readonly evse: LiveEvse;
  readonly name: string;
  readonly nameOf: (circuit: string) => string;
  /** Whether what a vehicle is expected to need matters to what it gets. */
  readonly isPlanned: boolean;
};

/** One EVSE: its state in a word, what it is told and takes, and why. */
export const EvseCard = ({ evse, name, nameOf, isPlanned }: Props) => {
  const speech = useSpeech();
  const { say } = speech;
  const state = stateOf(evse);
  const kind = isHeldBack(evse) ? "is-held-back" : isCharging(evse) ? "is-charging" : "is-quiet";
  const id = `evse-${evse.id}`;
  const need = evse.need?.isEstimated === true && !isPlanned ? null : evse.need;
  return (
    <li>
      <article class={`evse ${kind} vehicle-${state}`} aria-labelledby={id}>
        <h3 id={id}>{name}</h3>
        <p class="vehicle">
          <Icon name={VEHICLE_ICONS[state]} />
          {say(`vehicle.${state}`)}
        </p>
        <p class="hint" title={say("evse.wired", { phases: evse.phases.join(", ") })}>
          {nameOf(evse.circuit)} · {evse.phases.join(" ")} · {say("evse.priority", { value: evse.priority })}
        </p>
        {!isIdle(evse) && <Figures evse={evse} />}
        <p class="reason">
          {reasonText(evse.reason, speech, nameOf)} {isHeldBack(evse) && aloneText(evse, speech)}
        </p>
        {need !== null && <p class="hint">{needText(need, speech)}</p>}
        <EvseBoost evse={evse} name={name} />
      </article>
    </li>
  );
};
