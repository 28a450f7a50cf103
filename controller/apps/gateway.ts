import { once } from "node:events";
import type { Logger } from "pino";
import { openBroker } from "../broker/broker.ts";
import { latestWins } from "../broker/forward.ts";
import { StateTopics } from "../broker/topics.ts";
import { controlSocket } from "../data-directory.ts";
import { connectControl } from "../protocol/client.ts";
import type { LiveFrame } from "../protocol/live-frame.ts";

type Options = {
  readonly dataDirectory: string;
  /** Port of the MQTT broker on loopback. */
  readonly mqttPort: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
};

/** Runs the gateway process until the signal is aborted: control's live frames become retained topics of the MQTT broker. */
export const runGateway = async ({ dataDirectory, mqttPort, signal, logger }: Options): Promise<void> => {
  const onRefusal = (client: string | null, reason: string): void =>
    logger.debug({ client, reason }, "MQTT client was disconnected");
  const broker = await openBroker({ port: mqttPort, onRefusal });
  logger.info({ port: broker.port }, "MQTT broker is listening on this machine");
  const topics = new StateTopics();
  const publish = async (frame: LiveFrame): Promise<void> => {
    await Promise.all(topics.update(frame, performance.now()).map((message) => broker.publish(message)));
  };
  const control = connectControl({
    path: controlSocket(dataDirectory),
    role: "gateway",
    signal,
    onProblem: (problem) => logger.warn({ problem }, "control is not understood"),
  });
  control.subscribe(latestWins(publish, (error) => logger.error({ err: error }, "state topics were not published")));
  if (!signal.aborted) await once(signal, "abort");
  control.close();
  await broker.close();
};
