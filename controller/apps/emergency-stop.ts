import { createMqttPool } from "#drivers/transports/mqtt.ts";
import type { LoadedSite } from "../config/load.ts";
import type { Clock } from "../model/time.ts";

/** Payloads that mean the contact is at rest; anything else, also what nobody understands, means stop. */
const AT_REST = new Set(["0", "false", "off", "OFF", "closed"]);

type Options = { readonly loaded: LoadedSite; readonly clock: Clock; readonly onStop: () => void };

/**
 * Watches the emergency-stop or fire-alarm contact that the site file names: a message that does not say "at rest" stops
 * charging. Only a person releases it. Returns how to stop watching.
 */
export const watchEmergencyStop = ({ loaded, clock, onStop }: Options): (() => Promise<void>) => {
  const contact = loaded.emergencyStop;
  if (contact === null) return async () => undefined;
  const port = createMqttPool(clock).join(
    { url: contact.url ?? `mqtt://127.0.0.1:${loaded.mqttPort}` },
    "emergency-stop",
  );
  port.follow(contact.mqttTopic, () => {
    const payload = port.newest(contact.mqttTopic)?.payload.trim() ?? "";
    if (!AT_REST.has(payload)) onStop();
  });
  return () => port.close();
};
