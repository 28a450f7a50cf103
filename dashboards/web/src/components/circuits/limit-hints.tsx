import type { LiveCircuit } from "#controller/protocol/live-frame.ts";
import { useSpeech } from "../../i18n/index.ts";

type Props = { readonly circuit: LiveCircuit; readonly id: string };

/** What holds whatever is typed: the sealed limit, and a lease with its end. */
export const LimitHints = ({ circuit, id }: Props) => {
  const { say, plain, moment } = useSpeech();
  const amps = (vector: LiveCircuit["limitA"]): string =>
    `${new Set(vector).size === 1 ? plain(vector[0]) : vector.map(plain).join(" / ")} A`;
  const { leaseEndsAt, limitSource, limitA, sealedA } = circuit;
  return (
    <div id={id} class="hint">
      {limitSource === "lease" && leaseEndsAt !== null && (
        <p>{say("limit.lease", { value: amps(limitA), time: moment(leaseEndsAt) })}</p>
      )}
      <p>{say("limit.hint", { value: amps(sealedA) })}</p>
    </div>
  );
};
