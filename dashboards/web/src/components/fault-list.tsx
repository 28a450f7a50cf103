import type { Fault, FaultCode } from "#controller/model/fault.ts";
import { useSpeech } from "../i18n/index.ts";
import type { Names } from "../names.ts";
import { Icon } from "./icon.tsx";

/** Codes whose detail says what a device, a network or a figure did: an electrician needs it, in whatever language it is. */
const TECHNICAL: ReadonlySet<FaultCode> = new Set([
  "unreachable",
  "timeout",
  "refused",
  "malformed",
  "implausible",
  "overload",
  "cycle-failed",
]);

type Props = { readonly faults: readonly Fault[]; readonly names: Names };

/** What is wrong in the world and what to do; nothing where nothing is. An emergency stop has its own place on the page. */
export const FaultList = ({ faults, names }: Props) => {
  const { say } = useSpeech();
  const shown = faults.filter(({ code }) => code !== "emergency-stop");
  if (shown.length === 0) return null;
  return (
    <section class="card faults" aria-labelledby="faults-title">
      <h2 id="faults-title">{say("faults.title", { count: shown.length })}</h2>
      <ul>
        {shown.map((fault) => (
          <li key={`${fault.code} ${fault.subject}`}>
            <Icon name="warning" />
            <div>
              <p>
                <strong>{names.subject(fault)}</strong> {say(`fault.${fault.code}`)}
              </p>
              <p class="hint">{say(`remedy.${fault.code}`)}</p>
              {TECHNICAL.has(fault.code) && (
                <p class="technical" lang="en">
                  {fault.detail}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
};
