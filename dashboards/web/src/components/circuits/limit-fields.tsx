import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PhaseCurrents } from "../../api.ts";
import { useSpeech, type Speech } from "../../i18n/index.ts";
import { PHASES } from "../../phases.ts";

/** A field of the form: one for every phase (its phase is null), or one for each. */
type Field = { readonly name: string; readonly phase: string | null; readonly startA: number; readonly maxA: number };

/** A field that holds no current that is allowed. */
export type WrongField = Pick<Field, "name" | "phase" | "maxA">;

/** Whether a circuit has different currents on its phases. */
export const hasOwnPhases = ({ sealedA, limitA }: LiveCircuit): boolean =>
  [sealedA, limitA].some((vector) => new Set(vector).size > 1);

/** The fields of a circuit's limit. */
export const fieldsOf = ({ sealedA, limitA }: LiveCircuit, isPerPhase: boolean): readonly Field[] =>
  isPerPhase
    ? PHASES.map((phase, i) => ({ name: phase, phase, startA: limitA[i] ?? 0, maxA: sealedA[i] ?? 0 }))
    : [{ name: "all", phase: null, startA: Math.min(...limitA), maxA: Math.max(...sealedA) }];

const currentIn = (form: HTMLFormElement, name: string): number => {
  const text = new FormData(form).get(name);
  return typeof text !== "string" || text.trim() === "" ? Number.NaN : Number(text);
};

/** The currents that the fields of a form hold, or the first that holds none that is allowed. */
export const readFields = (
  form: HTMLFormElement,
  fields: readonly Field[],
): { readonly limitA: PhaseCurrents } | { readonly wrong: WrongField } => {
  const valueOf = (name: string): number => currentIn(form, name);
  const wrong = fields.find(({ name, maxA }) => !(valueOf(name) >= 0 && valueOf(name) <= maxA));
  if (wrong !== undefined) return { wrong };
  const isPerPhase = fields.length > 1;
  return { limitA: isPerPhase ? { L1: valueOf("L1"), L2: valueOf("L2"), L3: valueOf("L3") } : valueOf("all") };
};

/** What a wrong field should hold. */
export const wrongText = ({ phase, maxA }: WrongField, { say, plain }: Speech): string => {
  const max = `${plain(maxA)} A`;
  return phase === null ? say("limit.invalid", { max }) : say("limit.invalid-phase", { phase, max });
};

type Props = {
  readonly idPrefix: string;
  readonly fields: readonly Field[];
  readonly wrong: WrongField | null;
  /** A lease's current is not the operating limit's: then the fields start empty. */
  readonly isEmpty: boolean;
};

/** The fields, the first of them selected; the wrong one has the focus. */
export const LimitFields = ({ idPrefix, fields, wrong, isEmpty }: Props) => {
  const { say } = useSpeech();
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.select(), [fields.length]);
  return (
    <>
      {fields.map(({ name, phase, startA, maxA }, index) => (
        <label key={name} for={`${idPrefix}-${name}`}>
          {phase === null ? say("limit.field") : say("limit.phase", { phase })}
          <input
            ref={index === 0 ? first : null}
            id={`${idPrefix}-${name}`}
            name={name}
            type="number"
            inputMode="decimal"
            min="0"
            max={maxA}
            step="any"
            defaultValue={isEmpty ? "" : startA}
            aria-invalid={wrong?.name === name}
            aria-describedby={`${idPrefix}-hint ${idPrefix}-problem`}
          />
        </label>
      ))}
    </>
  );
};
