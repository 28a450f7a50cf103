import type { Reason } from "#controller/model/setpoint.ts";
import type { LiveEvse } from "#controller/protocol/live-frame.ts";
import type { Speech } from "./index.ts";

/** Why a setpoint is what it is, as a sentence; circuits go by the names the site gives them. */
export const reasonText = (reason: Reason, { say }: Speech, nameOf: (circuit: string) => string): string => {
  const circuit = "circuit" in reason ? nameOf(reason.circuit) : "";
  const phase = "phase" in reason ? (reason.phase ?? say("reason.all-phases")) : "";
  const source = "source" in reason ? say(`reason.source.${reason.source}`) : "";
  return say(`reason.${reason.code}`, { circuit, phase, source });
};

/** What an EVSE would get without the others: whether it is they who hold it back. */
export const aloneText = ({ aloneA, setpointA }: LiveEvse, { say, plain }: Speech): string =>
  say(aloneA > setpointA ? "evse.alone" : "evse.alone-same", { value: plain(aloneA) });
