import { createServer, type AddressInfo, type Server } from "node:net";
import { Aedes } from "aedes";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { watchContacts } from "#controller/apps/inputs/contacts.ts";
import type { LoadedSite } from "#controller/config/load.ts";
import type { CommandPayload } from "#controller/protocol/messages.ts";
import { createManualClock } from "#test/support/manual-clock.ts";

type Contacts = Parameters<typeof watchContacts>[0]["loaded"];

let broker: Aedes;
let server: Server;
let url: string;
let stop: () => Promise<void>;
let commands: CommandPayload[];
let problems: string[];
let arrived: () => void;

const NONE: Contacts = { mqttPort: 1, emergencyStop: null, generator: null, gridOperator: null };

beforeEach(async () => {
  broker = await Aedes.createBroker();
  server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  commands = [];
  problems = [];
});

afterEach(async () => {
  await stop();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  await new Promise((resolve) => server.close(resolve));
});

const send = (topic: string, payload: string, retain = false): Promise<void> =>
  new Promise((resolve) =>
    broker.publish({ cmd: "publish", topic, payload, retain, qos: 0, dup: false }, () => resolve()),
  );
const subscribed = (topic: string): Promise<void> =>
  new Promise((resolve) => {
    broker.on("subscribe", (subscriptions) => {
      if (subscriptions.some((one) => one.topic === topic)) resolve();
    });
  });
const watch = (contacts: Partial<LoadedSite>): void => {
  const act = (payload: CommandPayload): void => {
    commands.push(payload);
    arrived();
  };
  const onProblem = (topic: string, payload: string): void => {
    problems.push(`${topic}: ${payload}`);
    arrived();
  };
  stop = watchContacts({ loaded: { ...NONE, ...contacts }, clock: createManualClock(), act, onProblem });
};
const next = (): Promise<void> => new Promise((resolve) => (arrived = resolve));

describe("a contact on a topic", () => {
  it("stops charging with anything that does not mean at rest, and never releases", async () => {
    const ready = subscribed("stop");
    watch({ emergencyStop: { mqttTopic: "stop", url } });
    await ready;
    await send("stop", "closed");
    const stopped = next();
    await send("stop", "what?");
    await stopped;
    const again = next();
    await send("stop", "0");
    await send("stop", "1");
    await again;
    expect(commands).toEqual([
      { type: "emergency-stop", isStopped: true },
      { type: "emergency-stop", isStopped: true },
    ]);
  });

  it("says when the generator runs and when it no longer does, once each", async () => {
    const ready = subscribed("generator");
    watch({ generator: { mqttTopic: "generator", url } });
    await ready;
    const running = next();
    await send("generator", "1");
    await running;
    const over = next();
    await send("generator", "1");
    await send("generator", "off");
    await over;
    expect(commands).toEqual([
      { type: "generator", isRunning: true },
      { type: "generator", isRunning: false },
    ]);
  });

  it("counts also when the broker had kept what it said", async () => {
    await send("generator", "1", true);
    const running = next();
    watch({ generator: { mqttTopic: "generator", url } });
    await running;
    expect(commands).toEqual([{ type: "generator", isRunning: true }]);
  });

  it("dims for the grid operator while it is not at rest", async () => {
    const ready = subscribed("dim");
    watch({ gridOperator: { devices: 3, contact: { mqttTopic: "dim", url }, lpc: null } });
    await ready;
    const dimmed = next();
    await send("dim", "1");
    await dimmed;
    expect(commands).toEqual([{ type: "grid-operator", signal: { type: "contact", isDimmed: true } }]);
  });
});

describe("limits of the grid operator on a topic", () => {
  const lpc = () => ({
    failsafeW: null,
    minimumMs: 7_200_000,
    limit: { mqttTopic: "limit", url },
    heartbeat: { mqttTopic: "beat", url },
  });

  it("are given, released and told to be alive; what the broker kept of a heartbeat is no sign of life", async () => {
    await send("beat", "old", true);
    const ready = subscribed("limit");
    watch({ gridOperator: { devices: 3, contact: null, lpc: lpc() } });
    await ready;
    for (const [topic, payload] of [
      ["limit", '{"powerW": 4200, "durationS": 60}'],
      ["limit", '{"isActive": false}'],
      ["beat", "now"],
    ] as const) {
      const heard = next();
      await send(topic, payload);
      await heard;
    }
    expect(commands).toEqual(
      [
        { type: "limit", isActive: true, powerW: 4200, durationMs: 60_000 },
        { type: "limit", isActive: false, powerW: 0, durationMs: null },
        { type: "heartbeat" },
      ].map((signal) => ({ type: "grid-operator", signal })),
    );
  });

  it.each(["", "4200", '{"isActive": true}', '{"powerW": -1}', '{"powerW": 1, "until": 2}'])(
    "are not guessed from '%s'",
    async (payload) => {
      const ready = subscribed("limit");
      watch({ gridOperator: { devices: 3, contact: null, lpc: lpc() } });
      await ready;
      const heard = next();
      await send("limit", payload);
      await heard;
      expect([commands, problems]).toEqual([[], [`limit: ${payload}`]]);
    },
  );
});
