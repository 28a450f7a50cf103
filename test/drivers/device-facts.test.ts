import { describe, expect, it } from "vitest";
import type { FactsById } from "#controller/config/device-facts.ts";
import { deviceFacts } from "#drivers/device-facts.ts";
import { loadProfiles } from "#drivers/profiles/load.ts";

describe("the facts of the profiles we ship", () => {
  const facts: FactsById = deviceFacts(loadProfiles());

  it("tell a station with a failsafe that can be read back", () => {
    expect(facts.get("alfen-eve-ng9xx")).toMatchObject({
      kind: "station",
      transports: { "modbus-tcp": { port: 502, unitId: 1 } },
      minA: 6,
      maxA: 32,
      watchdogMs: 60_000,
      hasFailsafe: true,
      maxEvses: 2,
      evseUnitIdStep: 1,
    });
  });

  it("tell a station without a watchdog", () => {
    expect(facts.get("victron-evcs")).toMatchObject({ kind: "station", watchdogMs: null, hasFailsafe: false });
  });

  it("tell a meter", () => {
    expect(facts.get("eastron-sdm630")).toMatchObject({ kind: "meter", transports: { "modbus-rtu": {} } });
  });
});
