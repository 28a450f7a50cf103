import { useEffect, useRef, useState } from "preact/hooks";
import type { LiveEvse } from "#controller/protocol/live-frame.ts";
import { endBoost, startBoost, type Answer } from "../../api.ts";
import { useSpeech } from "../../i18n/index.ts";
import { hasVehicle } from "../../site-state.ts";
import { answerText } from "../answer-text.ts";
import { Icon } from "../icon.tsx";

const DURATIONS = [
  { key: "boost.half-hour", durationMs: 30 * 60_000 },
  { key: "boost.hour", durationMs: 60 * 60_000 },
] as const;

type ButtonsProps = { readonly evse: LiveEvse; readonly onPress: (asking: Promise<Answer>) => void };

const Running = ({ evse, onPress }: ButtonsProps) => {
  const { say, moment } = useSpeech();
  return (
    <>
      <Icon name="bolt" />
      <span>{say("boost.until", { time: moment(evse.boostEndsAt ?? "") })}</span>
      <button type="button" onClick={() => onPress(endBoost(evse))}>
        {say("boost.stop")}
      </button>
    </>
  );
};

const Offered = ({ evse, onPress }: ButtonsProps) => {
  const { say } = useSpeech();
  return (
    <>
      <span>{say("boost.title")}</span>
      {DURATIONS.map(({ key, durationMs }) => (
        <button key={key} type="button" onClick={() => onPress(startBoost(evse, durationMs))}>
          {say(key)}
        </button>
      ))}
    </>
  );
};

type Props = { readonly evse: LiveEvse; readonly name: string };

/** Whether the EVSE comes before all others, until when, and the way to change that. */
export const EvseBoost = ({ evse, name }: Props) => {
  const speech = useSpeech();
  const group = useRef<HTMLDivElement>(null);
  const isPressed = useRef(false);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const isBoosted = evse.boostEndsAt !== null;
  // The pressed button is replaced: the focus goes to the one that takes its place.
  useEffect(() => {
    if (isPressed.current) group.current?.querySelector("button")?.focus();
    isPressed.current = false;
  }, [isBoosted]);
  const send = async (asking: Promise<Answer>): Promise<void> => {
    isPressed.current = true;
    const reply = await asking;
    setAnswer(reply);
    if (reply.outcome !== "applied") isPressed.current = false;
  };
  if (!isBoosted && !hasVehicle(evse)) return null;
  const Buttons = isBoosted ? Running : Offered;
  return (
    <div
      ref={group}
      class={`boost ${isBoosted ? "is-boosted" : ""}`}
      role="group"
      aria-label={speech.say("boost.of", { name })}
    >
      <Buttons evse={evse} onPress={(asking) => void send(asking)} />
      <p role="alert" class="problem">
        {answer !== null && answer.outcome !== "applied" && answerText(answer, speech)}
      </p>
    </div>
  );
};
