import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import type { Answer } from "../../api.ts";
import { useSpeech } from "../../i18n/index.ts";
import { answerText } from "../answer-text.ts";
import { CircuitFacts } from "./circuit-facts.tsx";
import { Icon } from "../icon.tsx";
import { LimitForm } from "./limit-form.tsx";
import { PhaseTable } from "./phase-table.tsx";
import { WaitedEnergy } from "./waited-energy.tsx";

const HEADINGS = ["h3", "h4", "h5", "h6"] as const;

const Result = ({ answer }: { readonly answer: Answer | null }): JSX.Element => {
  const speech = useSpeech();
  return (
    <p role="status" class="result">
      {answer !== null && (
        <>
          <Icon name={answer.outcome === "applied" ? "check" : "limit"} />
          {answerText(answer, speech)}
        </>
      )}
    </p>
  );
};

/** One circuit: its phases, its facts, and its limit to edit. */
export const CircuitCard = ({ circuit, depth }: { readonly circuit: LiveCircuit; readonly depth: number }) => {
  const { say } = useSpeech();
  const [isEditing, setIsEditing] = useState(false);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const Heading = HEADINGS[Math.min(depth, HEADINGS.length - 1)] ?? "h6";
  const isOver = circuit.headroomA.some((valueA) => valueA < 0);
  const edit = (): void => {
    setAnswer(null);
    setIsEditing(!isEditing);
  };
  const close = (next: Answer | null): void => {
    setIsEditing(false);
    setAnswer(next);
    opener.current?.focus();
  };
  return (
    <section class={`card circuit ${isOver ? "is-over" : ""}`} aria-labelledby={`circuit-${circuit.id}`}>
      <div class="card-head">
        <Heading id={`circuit-${circuit.id}`}>{circuit.name}</Heading>
        <button
          ref={opener}
          type="button"
          class="quiet"
          aria-expanded={isEditing}
          aria-label={say("limit.change-of", { circuit: circuit.name })}
          onClick={edit}
        >
          {say("limit.change")}
        </button>
      </div>
      {isEditing && <LimitForm circuit={circuit} onClose={close} />}
      <Result answer={answer} />
      <PhaseTable circuit={circuit} />
      <CircuitFacts circuit={circuit} />
      <WaitedEnergy circuit={circuit} />
    </section>
  );
};
