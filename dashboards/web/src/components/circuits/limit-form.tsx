import type { TargetedSubmitEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import { readLimitVersion, resetLimit, saveLimit, type Answer, type PhaseCurrents } from "../../api.ts";
import { useSpeech } from "../../i18n/index.ts";
import { answerText } from "../answer-text.ts";
import { fieldsOf, hasOwnPhases, LimitFields, readFields, wrongText, type WrongField } from "./limit-fields.tsx";
import { isOfOthers, LimitHints } from "./limit-hints.tsx";

type Props = {
  readonly circuit: LiveCircuit;
  /** Called with what became of it once it is done, or with null when the form is left. */
  readonly onClose: (answer: Answer | null) => void;
};

const isDone = ({ outcome }: Answer): boolean => outcome === "applied" || outcome === "clamped";

/** Sends changes one at a time, each against the version of the limit that was last read. */
const useLimitChange = (circuit: string, onDone: (answer: Answer) => void) => {
  const version = useRef<Promise<string | null>>(Promise.resolve(null));
  const [isSaving, setIsSaving] = useState(false);
  const [problem, setProblem] = useState<Answer | null>(null);
  const read = (): void => {
    version.current = readLimitVersion(circuit);
  };
  useEffect(read, [circuit]);
  const send = async (change: (etag: string | null) => Promise<Answer>): Promise<void> => {
    if (isSaving) return;
    setIsSaving(true);
    const answer = await change(await version.current);
    setIsSaving(false);
    if (isDone(answer)) return onDone(answer);
    read();
    setProblem(answer);
  };
  return { isSaving, problem, send };
};

type ButtonsProps = {
  readonly isSaving: boolean;
  readonly isSealed: boolean;
  readonly onReset: () => void;
  readonly onCancel: () => void;
};

const Buttons = ({ isSaving, isSealed, onReset, onCancel }: ButtonsProps) => {
  const { say } = useSpeech();
  return (
    <>
      <button type="submit" class="primary" aria-disabled={isSaving}>
        {say("limit.save")}
      </button>
      {!isSealed && (
        <button type="button" aria-disabled={isSaving} onClick={onReset}>
          {say("limit.reset")}
        </button>
      )}
      <button type="button" onClick={onCancel}>
        {say("limit.cancel")}
      </button>
    </>
  );
};

/** The form's fields, and what is wrong in them since it was last sent. */
const useFields = (circuit: LiveCircuit) => {
  const [atStart] = useState(circuit);
  const [isPerPhase, setIsPerPhase] = useState(() => hasOwnPhases(circuit));
  const [wrong, setWrong] = useState<WrongField | null>(null);
  const fields = fieldsOf(atStart, isPerPhase);
  const toggle = (): void => {
    setWrong(null);
    setIsPerPhase(!isPerPhase);
  };
  const read = (form: HTMLFormElement): PhaseCurrents | null => {
    const found = readFields(form, fields);
    setWrong("wrong" in found ? found.wrong : null);
    if ("limitA" in found) return found.limitA;
    form.querySelector<HTMLInputElement>(`[name="${found.wrong.name}"]`)?.focus();
    return null;
  };
  return { fields, isPerPhase, wrong, toggle, read, isEmpty: isOfOthers(atStart) };
};

/** Edits the operating limit of one circuit in place: Enter saves, Escape leaves. */
export const LimitForm = ({ circuit, onClose }: Props) => {
  const speech = useSpeech();
  const { say } = speech;
  const { isSaving, problem, send } = useLimitChange(circuit.id, onClose);
  const { fields, isPerPhase, wrong, toggle, read, isEmpty } = useFields(circuit);
  const id = `limit-${circuit.id}`;
  const save = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const limitA = read(event.currentTarget);
    if (limitA !== null) void send((etag) => saveLimit(circuit.id, limitA, etag));
  };
  const leave = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onClose(null);
  };
  const answer = wrong === null ? problem !== null && answerText(problem, speech) : wrongText(wrong, speech);
  return (
    <form
      class="limit-form"
      noValidate
      aria-label={say("limit.change-of", { circuit: circuit.name })}
      onSubmit={save}
      onKeyDown={leave}
    >
      <div class="limit-row" role="group" aria-label={say("limit.field")}>
        <LimitFields idPrefix={id} fields={fields} wrong={wrong} isEmpty={isEmpty} />
      </div>
      <label class="choice">
        <input type="checkbox" checked={isPerPhase} onChange={toggle} />
        {say("limit.per-phase")}
      </label>
      <LimitHints circuit={circuit} id={`${id}-hint`} />
      <div class="limit-row">
        <Buttons
          isSaving={isSaving}
          isSealed={circuit.limitSource === "sealed"}
          onReset={() => void send((etag) => resetLimit(circuit.id, etag))}
          onCancel={() => onClose(null)}
        />
      </div>
      <p id={`${id}-problem`} role="alert" class="problem">
        {isSaving ? say("limit.saving") : answer}
      </p>
    </form>
  );
};
