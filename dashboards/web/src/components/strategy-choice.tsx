import { useState } from "preact/hooks";
import type { StrategyName } from "#controller/model/strategy.ts";
import { setStrategy, type Answer } from "../api.ts";
import { useSpeech } from "../i18n/index.ts";
import { answerText } from "./answer-text.ts";

/** Every strategy in the order it is offered; a new name does not compile until it is here. */
const OFFERED = {
  "equal-share": true,
  "first-come": true,
  weighted: true,
  deadline: true,
  "most-energy": true,
  "solar-first": true,
  cheapest: true,
} as const satisfies Record<StrategyName, true>;

const isStrategy = (value: string): value is StrategyName => Object.hasOwn(OFFERED, value);
const NAMES = Object.keys(OFFERED).filter(isStrategy);

/** How the current is shared, and the way to choose another: nothing changes before the button is pressed. */
export const StrategyChoice = ({ current }: { readonly current: StrategyName }) => {
  const speech = useSpeech();
  const { say } = speech;
  const [choice, setChoice] = useState<StrategyName | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const shown = choice ?? current;
  const choose = ({ currentTarget: { value } }: { readonly currentTarget: HTMLSelectElement }): void => {
    if (isStrategy(value)) setChoice(value);
    setAnswer(null);
  };
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (shown === current) return;
    const reply = await setStrategy(shown);
    setAnswer(reply);
    if (reply.outcome === "applied") setChoice(null);
  };
  const isBad = answer !== null && answer.outcome !== "applied";
  return (
    <form class="card strategy" onSubmit={(event) => void save(event)}>
      <h2>
        <label for="strategy">{say("strategy.title")}</label>
      </h2>
      <div class="strategy-row">
        <select id="strategy" value={shown} aria-describedby="strategy-about" onChange={choose}>
          {NAMES.map((name) => (
            <option key={name} value={name}>
              {say(`strategy.${name}`)}
            </option>
          ))}
        </select>
        <button type="submit" class="primary" aria-disabled={shown === current}>
          {say("strategy.use")}
        </button>
      </div>
      <p id="strategy-about" class="hint" aria-live="polite">
        {say(`strategy.${shown}.about`)}
      </p>
      <p role="alert" class={isBad ? "problem" : "result"}>
        {answer !== null && answerText(answer, speech)}
      </p>
    </form>
  );
};
