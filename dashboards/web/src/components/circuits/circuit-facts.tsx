import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import { useSpeech, type Speech } from "../../i18n/index.ts";
import { Icon, type IconName } from "../icon.tsx";

const METER_ICONS = { fresh: "clock", old: "warning", lost: "warning" } as const satisfies Record<string, IconName>;

const meterText = ({ state, ageMs }: NonNullable<LiveCircuit["meter"]>, { say, figure }: Speech): string => {
  if (ageMs === null) return say("meter.lost");
  const age = figure(ageMs / 1000, ageMs < 10_000 ? 1 : 0);
  return say(state === "lost" ? "meter.lost-for" : `meter.${state}`, { age });
};

const Meter = ({ meter }: { readonly meter: LiveCircuit["meter"] }) => {
  const speech = useSpeech();
  if (meter === null) return <li>{speech.say("meter.none")}</li>;
  return (
    <li class={`meter-${meter.state}`} title={meter.id}>
      <Icon name={METER_ICONS[meter.state]} />
      {meterText(meter, speech)}
    </li>
  );
};

/** A limit on power that holds beside the one on current; nothing where there is none. */
const PowerLimit = ({ kind, powerW, source }: PowerLimitProps) => {
  const { say, plain } = useSpeech();
  if (powerW === null) return null;
  return (
    <li class={`source-${source}`}>
      <Icon name={source === "sealed" ? "lock" : "limit"} />
      {say(`circuit.${kind}`, { value: plain(powerW / 1000), source: say(`reason.source.${source}`) })}
    </li>
  );
};

type PowerLimitProps = {
  readonly kind: "power-limit" | "ev-power-limit";
  readonly powerW: number | null;
  readonly source: LiveCircuit["powerSource"];
};

/** The reserve that is set, and what the reserve rule asks for where that is more. */
const Reserve = ({ reserveA, reserveAskedA }: LiveCircuit) => {
  const { say, plain } = useSpeech();
  if (reserveAskedA === null || reserveAskedA <= reserveA)
    return reserveA > 0 ? <li>{say("circuit.reserve", { value: plain(reserveA) })}</li> : null;
  return (
    <li class="reserve-short" title={say("circuit.reserve-hint")}>
      <Icon name="warning" />
      {say("circuit.reserve-short", { value: plain(reserveA), asked: plain(reserveAskedA) })}
    </li>
  );
};

/** What more current on every phase would bring; nothing where it would bring nothing. */
const ShadowPrice = ({ shadowPriceW }: LiveCircuit) => {
  const { say, figure } = useSpeech();
  const priceW = shadowPriceW.reduce((sum, each) => sum + each, 0);
  return priceW === 0 ? null : <li>{say("circuit.one-more", { value: figure(priceW / 1000, 1) })}</li>;
};

/** What holds on a circuit: whose limit it is, what more of it would bring, the reserve, the age of its meter, the proof of its fallback. */
export const CircuitFacts = ({ circuit }: { readonly circuit: LiveCircuit }) => {
  const { say, moment } = useSpeech();
  const { limitSource, leaseEndsAt, meter, fallback } = circuit;
  return (
    <ul class="facts">
      <li class={`source-${limitSource}`}>
        <Icon name={limitSource === "sealed" ? "lock" : "limit"} />
        {say(`source.${limitSource}`)}{" "}
        {leaseEndsAt !== null && say("circuit.lease-until", { time: moment(leaseEndsAt) })}
      </li>
      <PowerLimit kind="power-limit" powerW={circuit.powerW} source={circuit.powerSource} />
      <PowerLimit kind="ev-power-limit" powerW={circuit.evPowerW} source={circuit.evPowerSource} />
      <ShadowPrice {...circuit} />
      <Reserve {...circuit} />
      <Meter meter={meter} />
      <li class={`fallback-${fallback}`}>
        <Icon name={fallback === "proven" ? "shield" : "warning"} />
        {say(`fallback.${fallback}`)}
      </li>
    </ul>
  );
};
