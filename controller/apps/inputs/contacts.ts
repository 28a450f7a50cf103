import { createMqttPool } from "#drivers/transports/mqtt.ts";
import type { Contact, LoadedSite } from "../../config/load.ts";
import type { Clock } from "../../model/time.ts";
import type { CommandPayload } from "../../protocol/messages.ts";
import { parseLimitMessage } from "./limit-message.ts";

/** Payloads that mean a contact is at rest; anything else, also what nobody understands, means that it is not. */
const AT_REST = new Set(["0", "false", "off", "OFF", "closed"]);

type Options = {
  readonly loaded: Pick<LoadedSite, "mqttPort" | "emergencyStop" | "generator" | "gridOperator">;
  readonly clock: Clock;
  readonly act: (payload: CommandPayload) => unknown;
  /** Called for a message that is not understood. */
  readonly onProblem: (topic: string, payload: string) => void;
};

/** Watches every contact and topic of the world outside that the site file names; what it says becomes a command. */
export const watchContacts = ({ loaded, clock, act, onProblem }: Options): (() => Promise<void>) => {
  const pool = createMqttPool(clock);
  const closes: (() => Promise<void>)[] = [];
  const follow = (contact: Contact | null, kept: "kept-too" | undefined, hear: (payload: string) => void): void => {
    if (contact === null) return;
    const port = pool.join({ url: contact.url ?? `mqtt://127.0.0.1:${loaded.mqttPort}` }, contact.mqttTopic);
    port.follow(contact.mqttTopic, () => hear(port.newest(contact.mqttTopic)?.payload.trim() ?? ""), kept);
    closes.push(() => port.close());
  };
  // The stop is latched: only a person releases it (R12).
  follow(loaded.emergencyStop, "kept-too", (payload) => {
    if (!AT_REST.has(payload)) act({ type: "emergency-stop", isStopped: true });
  });
  const followState = (contact: Contact | null, toCommand: (isAtRest: boolean) => CommandPayload): void =>
    follow(
      contact,
      "kept-too",
      onEdge((isAtRest) => act(toCommand(isAtRest))),
    );
  followState(loaded.generator, (isAtRest) => ({ type: "generator", isRunning: !isAtRest }));
  const { contact = null, lpc = null } = loaded.gridOperator ?? {};
  followState(contact, (isAtRest) => ({ type: "grid-operator", signal: { type: "contact", isDimmed: !isAtRest } }));
  // A heartbeat that the broker kept is no sign of life.
  follow(lpc?.heartbeat ?? null, undefined, () => act({ type: "grid-operator", signal: { type: "heartbeat" } }));
  follow(lpc?.limit ?? null, "kept-too", (payload) => {
    const signal = parseLimitMessage(payload);
    if (signal === null) onProblem(lpc?.limit?.mqttTopic ?? "", payload);
    else act({ type: "grid-operator", signal });
  });
  return async () => void (await Promise.all(closes.map((close) => close())));
};

/** Calls only when the value is another than before: a contact may repeat itself every second. */
const onEdge = (call: (isAtRest: boolean) => unknown): ((payload: string) => void) => {
  let before: boolean | null = null;
  return (payload) => {
    const isAtRest = AT_REST.has(payload);
    if (isAtRest === before) return;
    before = isAtRest;
    call(isAtRest);
  };
};
