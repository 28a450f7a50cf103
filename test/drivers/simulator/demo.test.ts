import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { createClock } from "#controller/apps/clocks.ts";
import { openSiteDrivers } from "#controller/apps/site-drivers.ts";
import { loadSiteFile } from "#controller/config/load.ts";
import { deviceFacts } from "#drivers/device-facts.ts";
import { loadProfiles } from "#drivers/profiles/load.ts";
import { openSimulator, type Simulator } from "#drivers/simulator/app.ts";
import { createDemo } from "#drivers/simulator/demo.ts";
import { siteFileOf } from "#drivers/simulator/site-file.ts";
import { trueCurrents } from "#drivers/simulator/world/world.ts";
import { describeWithPeer } from "#test/support/peers.ts";

const profiles = loadProfiles();

const openBroker = async () => {
  const broker = await Aedes.createBroker();
  const server = createServer((socket) => broker.handle(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `mqtt://127.0.0.1:${address.port}`,
    close: () => {
      broker.close();
      server.close();
    },
  };
};

describeWithPeer("script", "the demo", () => {
  let broker: Awaited<ReturnType<typeof openBroker>>;
  let simulator: Simulator;

  beforeAll(async () => {
    broker = await openBroker();
    simulator = await openSimulator({ site: createDemo(), scale: 1, brokerUrl: broker.url, profiles });
  });

  afterAll(async () => {
    await simulator.close();
    broker.close();
  });

  const load = () =>
    loadSiteFile(stringify(siteFileOf(createDemo(), simulator.ports)), "demo.site.yaml", deviceFacts(profiles));

  it("writes a site file without a problem, of three levels and at least six profiles", () => {
    const { problems, loaded } = load();
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(loaded?.site.stations).toHaveLength(14);
    expect(new Set(loaded?.site.stations.map(({ profile }) => profile)).size).toBeGreaterThanOrEqual(6);
    expect(loaded?.site.circuits.find(({ id }) => id === "annex")?.parent).toBe("panel-south");
  });

  it("begins on a morning whose cars want more than the grid connection has", () => {
    const present = simulator.world.evses.flatMap(({ car, spec }) =>
      car === null ? [] : [Math.min(car.model.maxA, spec.maxA) * car.model.phases],
    );
    const buildingA = trueCurrents(simulator.world, "grid", "building").reduce((sum, currentA) => sum + currentA, 0);
    expect(present.reduce((sum, wantedA) => sum + wantedA, 0)).toBeGreaterThan(3 * 160 - buildingA);
  });

  it("answers the drivers of every station and meter, and charges where it is told to", async () => {
    const { loaded } = load();
    if (loaded === null || loaded === undefined) throw new Error("no site");
    const drivers = openSiteDrivers({ loaded, profiles, clock: createClock(), env: {} });
    try {
      for (const driver of drivers.meters.values()) expect(await driver.poll()).toMatchObject({ ok: true });
      expect(await drivers.inverters.get("roof")?.poll()).toMatchObject({
        value: { pvPowerW: expect.closeTo(6400, -3), batteryPowerW: expect.closeTo(3200, -3) },
      });
      for (const [id, driver] of drivers.stations) {
        await expect.poll(() => driver.poll(), { timeout: 10_000 }).toMatchObject({ ok: true });
        expect([id, await driver.write(1, 8)]).toMatchObject([id, { ok: true }]);
        await expect.poll(() => simulator.world.evseById.get(`${id}/1`)?.setA, { timeout: 10_000 }).toBe(8);
      }
    } finally {
      await drivers.close();
    }
  });

  it("breaks and mends devices, adds load and reports its fuses on command", () => {
    expect(simulator.command('{"fault":"silence","station":"bay-03","on":true}')).toEqual({ ok: true });
    expect(simulator.world.stations.get("bay-03")?.faults.silence).toBe(true);
    expect(simulator.command('{"fault":"frozen","station":"main","on":true}')).toEqual({ ok: true });
    expect(simulator.command('{"fault":"silence","station":"nobody","on":true}')).toEqual({ ok: false });
    expect(simulator.command('{"buildingStepA":60,"circuit":"grid","phase":"L1"}')).toEqual({ ok: true });
    expect(simulator.command('{"report":true}')).toMatchObject({
      report: { fuses: expect.arrayContaining([expect.objectContaining({ circuit: "grid", phase: "L1" })]) },
    });
    expect(simulator.command("nonsense")).toHaveProperty("error");
  });
});
