import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import { useSpeech } from "../../i18n/index.ts";

type Props = { readonly circuit: LiveCircuit; readonly id: string };

/** Whether the limit in force is neither the installer's nor the manager's. */
export const isOfOthers = ({ limitSource }: LiveCircuit): boolean =>
  limitSource !== "sealed" && limitSource !== "operating";

/** What holds whatever is typed: the sealed limit and that of others; and until when the operating limit holds. */
export const LimitHints = ({ circuit, id }: Props) => {
  const { say, plain, moment } = useSpeech();
  const amps = (vector: LiveCircuit["limitA"]): string =>
    `${new Set(vector).size === 1 ? plain(vector[0]) : vector.map(plain).join(" / ")} A`;
  const { leaseEndsAt, limitSource, limitA, sealedA } = circuit;
  return (
    <div id={id} class="hint">
      {isOfOthers(circuit) && (
        <p>{say("limit.other", { source: say(`source.${limitSource}`), value: amps(limitA) })}</p>
      )}
      {limitSource === "operating" && leaseEndsAt !== null && (
        <p>{say("limit.lease", { value: amps(limitA), time: moment(leaseEndsAt) })}</p>
      )}
      <p>{say("limit.hint", { value: amps(sealedA) })}</p>
    </div>
  );
};
