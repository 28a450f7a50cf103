import { useEffect, useRef, useState } from "preact/hooks";
import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import { readLimitVersion, resetLimit, saveLimit, type Answer } from "../../api.ts";
import { useSpeech } from "../../i18n/index.ts";
import { answerText } from "../answer-text.ts";

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

/** Edits the operating limit of one circuit in place: Enter saves, Escape leaves. */
export const LimitForm = ({ circuit, onClose }: Props) => {
  const speech = useSpeech();
  const { say, plain } = speech;
  const input = useRef<HTMLInputElement>(null);
  const { isSaving, problem, send } = useLimitChange(circuit.id, onClose);
  const [start] = useState(() => Math.min(...circuit.limitA));
  const ids = { input: `limit-${circuit.id}`, hint: `limit-hint-${circuit.id}` };
  useEffect(() => input.current?.select(), []);
  const save = (event: Event): void => {
    event.preventDefault();
    const limitA = input.current?.valueAsNumber ?? Number.NaN;
    if (Number.isFinite(limitA)) void send((etag) => saveLimit(circuit.id, limitA, etag));
  };
  const leave = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onClose(null);
  };
  return (
    <form class="limit-form" onSubmit={save} onKeyDown={leave}>
      <label for={ids.input}>{say("limit.field")}</label>
      <div class="limit-row">
        <input
          ref={input}
          id={ids.input}
          type="number"
          inputMode="decimal"
          min="0"
          max="10000"
          step="any"
          required
          defaultValue={start}
          aria-describedby={ids.hint}
        />
        <Buttons
          isSaving={isSaving}
          isSealed={circuit.limitSource === "sealed"}
          onReset={() => void send((etag) => resetLimit(circuit.id, etag))}
          onCancel={() => onClose(null)}
        />
      </div>
      <p id={ids.hint} class="hint">
        {say("limit.hint", { value: plain(Math.min(...circuit.sealedA)) })}
      </p>
      <p role="alert" class="problem">
        {isSaving ? say("limit.saving") : problem !== null && answerText(problem, speech)}
      </p>
    </form>
  );
};
