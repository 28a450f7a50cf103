import { evse as anEvse } from "#test/controller/support/parts.ts";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { StationDriver } from "#controller/model/ports.ts";
import type { Station } from "#controller/model/site.ts";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { type Drivers, openDrivers } from "#drivers/registry.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { freePort, type PeerProcess, startPeer } from "../support/peer-process.ts";
import { describeWithPeer, findPeer } from "../support/peers.ts";

const run = promisify(execFile);
const profiles = loadProfiles();
/** A busy machine takes its time. */
const PATIENT = { timeout: 10_000 };
const PREFIX = "go-eCharger/123456";

const station: Station = {
  id: "go-e",
  name: "go-e",
  profile: "go-e-charger-mqtt",
  watchdogMs: null,
  reactionMs: 10_000,
  measuresCurrent: true,
};
const evse = anEvse("go-e", { priority: 1, failsafeA: null, powerOnA: 32 });

/** What a charging go-e sends: the energy array holds voltages, currents, powers and power factors. */
const CHARGING = {
  car: "2",
  nrg: "[230,231,229,2,16.1,15.9,16,3703,3673,3664,0,11040,99,99,99,0]",
  eto: "123456",
  acu: "16",
};

const [mosquittoPub, mosquittoSub] = ["mosquitto_pub", "mosquitto_sub"].map((name) => findPeer(name) ?? name);

describeWithPeer("mosquitto", "a go-e behind mosquitto", (mosquitto) => {
  let directory = "";
  let port = 0;
  let clock: ManualClock;
  let broker: PeerProcess;
  let commands: PeerProcess | null = null;
  let drivers: Drivers | null = null;
  let goE: StationDriver;

  const startBroker = async (): Promise<void> => {
    broker = startPeer(mosquitto, ["-c", join(directory, "mosquitto.conf")], "stderr");
    await broker.lineWith("running");
  };

  /** The station's ear: prints every command as `topic payload`. */
  const startCommands = async (): Promise<PeerProcess> => {
    const args = ["-h", "127.0.0.1", "-p", String(port), "-t", `${PREFIX}/+/set`, "-F", "%t %p"];
    commands = startPeer(mosquittoSub ?? "", args);
    await broker.lineWith("+/set (QoS");
    return commands;
  };

  const send = async (key: string, payload: string, ...args: readonly string[]): Promise<void> => {
    await run(mosquittoPub ?? "", [
      "-h",
      "127.0.0.1",
      "-p",
      String(port),
      "-t",
      `${PREFIX}/${key}`,
      "-m",
      payload,
      ...args,
    ]);
  };

  const sendAll = async (): Promise<void> => {
    for (const [key, payload] of Object.entries(CHARGING)) await send(key, payload);
  };

  /** Until the broker has the last of the driver's subscriptions. */
  const subscribed = (): Promise<string> => broker.lineWith(`${PREFIX}/acu (QoS`);

  const openGoE = async (): Promise<void> => {
    const url = `mqtt://127.0.0.1:${port}`;
    const device = { profile: station.profile, transport: "mqtt", url, topicPrefix: PREFIX } as const;
    const opened = openDrivers({
      stations: [{ station, evses: [evse], device }],
      meters: [],
      inverters: [],
      profiles,
      clock,
    });
    drivers = opened;
    const driver = opened.stations.get("go-e");
    if (driver === undefined) throw new Error("no driver");
    goE = driver;
    await subscribed();
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "headroom-"));
    port = await freePort();
    const lines = [`listener ${port} 127.0.0.1`, "allow_anonymous true", "log_dest stderr", "log_type all"];
    await writeFile(join(directory, "mosquitto.conf"), `${lines.join("\n")}\n`);
    clock = createManualClock();
    await startBroker();
    await openGoE();
  });

  afterEach(async () => {
    await drivers?.close();
    await commands?.end();
    commands = null;
    await broker.end();
    await rm(directory, { recursive: true, force: true });
  });

  const charging = {
    ok: true,
    value: [
      { evse: "go-e/1", state: "C", terminalA: [16.1, 15.9, 16], offeredA: 16, powerW: 11_040, energyWh: 123_456 },
    ],
  };

  it("is unknown until it speaks, is read as it speaks, and is missed when it falls silent", async () => {
    expect(await goE.poll()).toMatchObject({ ok: false, fault: { code: "timeout", subject: "go-e" } });
    await sendAll();
    await expect.poll(() => goE.poll(), PATIENT).toMatchObject(charging);
    clock.advance(60_000);
    expect(await goE.poll()).toMatchObject({ ok: false, fault: { code: "timeout", subject: "go-e" } });
  });

  it("gets its setpoints in whole amps, the release after the first, and the pause", async () => {
    const heard = await startCommands();
    expect(await goE.write(1, 14)).toMatchObject({ ok: true });
    expect(await heard.lineWith("/set")).toBe(`${PREFIX}/amp/set 14`);
    expect(await heard.lineWith("/set")).toBe(`${PREFIX}/frc/set 2`);
    expect(await goE.write(1, 0)).toMatchObject({ ok: true });
    expect(await heard.lineWith("/set")).toBe(`${PREFIX}/frc/set 1`);
  });

  it("does not count as answering by what the broker had kept of it", async () => {
    await drivers?.close();
    for (const [key, payload] of Object.entries(CHARGING)) await send(key, payload, "-r");
    await openGoE();
    // On the one connection the acknowledgement follows what was kept.
    expect(await goE.write(1, 6)).toMatchObject({ ok: true });
    expect(await goE.poll()).toMatchObject({ ok: false, fault: { code: "timeout", subject: "go-e" } });
    // Once it speaks, what was kept gives its state but no measurement.
    await send("acu", "10");
    const value = [{ state: "C", offeredA: 10, terminalA: null, powerW: null }];
    await expect.poll(() => goE.poll(), PATIENT).toMatchObject({ ok: true, value });
  });

  it("is at fault while the broker is gone and works again once it is back", async () => {
    await sendAll();
    await expect.poll(() => goE.poll(), PATIENT).toMatchObject(charging);
    await broker.end("SIGKILL");
    await expect
      .poll(() => goE.poll(), PATIENT)
      .toMatchObject({ ok: false, fault: { code: "unreachable", subject: "go-e" } });
    expect(await goE.write(1, 12)).toMatchObject({ ok: false, fault: { code: "unreachable" } });

    await startBroker();
    await subscribed();
    const heard = await startCommands();
    await send("car", "3");
    await expect.poll(() => goE.poll(), PATIENT).toMatchObject({ ok: true, value: [{ state: "B" }] });
    expect(await goE.write(1, 10)).toMatchObject({ ok: true });
    expect(await heard.lineWith("/set")).toBe(`${PREFIX}/amp/set 10`);
    expect(await heard.lineWith("/set")).toBe(`${PREFIX}/frc/set 2`);
  });
});
