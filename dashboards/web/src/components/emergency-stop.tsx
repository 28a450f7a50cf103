import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { setEmergencyStop, type Answer } from "../api.ts";
import { useSpeech } from "../i18n/index.ts";
import { answerText } from "./answer-text.ts";
import { Icon } from "./icon.tsx";

type Verb = "stop" | "release";

type ConfirmProps = { readonly verb: Verb; readonly onYes: () => void; readonly onNo: () => void };

const Confirm = ({ verb, onYes, onNo }: ConfirmProps) => {
  const { say } = useSpeech();
  const no = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => no.current?.focus(), []);
  return (
    <div class="confirm" role="group" aria-label={say(`stop.confirm-${verb}`)}>
      <p>{say(`stop.confirm-${verb}`)}</p>
      <button type="button" class="danger" onClick={onYes}>
        {say(`stop.yes-${verb}`)}
      </button>
      <button ref={no} type="button" onClick={onNo}>
        {say("stop.no")}
      </button>
    </div>
  );
};

const isPlain = ({ outcome, detail }: Answer): boolean => outcome === "applied" && detail === "";

/** Whether the emergency stop is active, and the way to change that: two deliberate presses. */
export const EmergencyStop = ({ isStopped }: { readonly isStopped: boolean }) => {
  const speech = useSpeech();
  const { say } = speech;
  const [isAsking, setIsAsking] = useState(false);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const verb: Verb = isStopped ? "release" : "stop";
  const carryOut = async (): Promise<void> => {
    setIsAsking(false);
    setAnswer(await setEmergencyStop(!isStopped));
  };
  return (
    <section class={`card stop ${isStopped ? "is-active" : ""}`} aria-labelledby="stop-title">
      <h2 id="stop-title">
        <Icon name="stop" />
        {say("stop.title")}
      </h2>
      <p role="status">{say(isStopped ? "stop.active" : "stop.inactive")}</p>
      {isAsking ? (
        <Confirm key={verb} verb={verb} onYes={() => void carryOut()} onNo={() => setIsAsking(false)} />
      ) : (
        <button type="button" class="danger-quiet" onClick={() => setIsAsking(true)}>
          {say(`stop.${verb}`)}
        </button>
      )}
      <p role="alert" class="problem">
        {answer !== null && !isPlain(answer) && answerText(answer, speech)}
      </p>
    </section>
  );
};
