import type { Fault } from "#controller/model/fault.ts";
import { useSpeech } from "../i18n/index.ts";
import { Icon } from "./icon.tsx";

/** What is wrong in the world; nothing where nothing is. */
export const FaultList = ({ faults }: { readonly faults: readonly Fault[] }) => {
  const { say } = useSpeech();
  if (faults.length === 0) return null;
  return (
    <section class="card faults" aria-labelledby="faults-title">
      <h2 id="faults-title">{say("faults.title")}</h2>
      <ul>
        {faults.map(({ code, subject, detail }) => (
          <li key={`${code} ${subject} ${detail}`}>
            <Icon name="warning" />
            <span>
              <strong>{subject}</strong> {say(`fault.${code}`)} <span class="hint">{detail}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
};
