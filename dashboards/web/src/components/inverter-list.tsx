import type { LiveInverter } from "#controller/protocol/live-frame.ts";
import { type Speech, useSpeech } from "../i18n/index.ts";

/** Less than this, W, is a battery at rest: its own electronics. */
const RESTING_W = 50;

const batteryText = (powerW: number, { say, figure }: Speech): string => {
  if (Math.abs(powerW) < RESTING_W) return say("inverter.idle");
  return say(powerW > 0 ? "inverter.charging" : "inverter.discharging", { value: figure(Math.abs(powerW) / 1000, 1) });
};

const factsOf = ({ isReachable, pvPowerW, batteryPowerW, batterySocPct }: LiveInverter, speech: Speech): string => {
  const { say, figure } = speech;
  if (!isReachable) return say("inverter.silent");
  const facts = [
    pvPowerW === null ? null : say("inverter.pv", { value: figure(pvPowerW / 1000, 1) }),
    batteryPowerW === null ? null : batteryText(batteryPowerW, speech),
    batterySocPct === null ? null : say("inverter.soc", { value: figure(batterySocPct, 0) }),
  ];
  return facts.filter((fact) => fact !== null).join(" · ");
};

/** A line per inverter: what the sun gives and what its battery does; nothing where there is none. */
export const InverterList = ({ inverters }: { readonly inverters: readonly LiveInverter[] }) => {
  const speech = useSpeech();
  if (inverters.length === 0) return null;
  return (
    <section class="card inverters" aria-labelledby="inverters-title">
      <h3 id="inverters-title">{speech.say("inverters.title")}</h3>
      <ul>
        {inverters.map((inverter) => (
          <li key={inverter.id}>
            <strong>{inverter.name}</strong> {factsOf(inverter, speech)}
          </li>
        ))}
      </ul>
    </section>
  );
};
