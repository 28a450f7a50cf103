import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { effectiveLimits } from "#controller/allocation/observation/limits.ts";
import { planSite } from "#controller/allocation/plan.ts";
import { createProcessImage } from "#controller/loop/process-image.ts";
import { limitInForce, type Limit } from "#controller/model/limit.ts";
import { allPhases } from "#controller/model/phase.ts";
import type { Site } from "#controller/model/site.ts";
import { instant } from "#controller/model/time.ts";
import { openVirtualSite, smallDay } from "#test/support/virtual-site.ts";

const { site } = openVirtualSite(smallDay([{ phases: 3, maxA: 32 }], 100, 0));
const withCircuit = (change: Partial<Site["circuits"][number]>): Site => ({
  ...site,
  circuits: site.circuits.map((circuit) => ({ ...circuit, ...change })),
});
const aLimit = (over: Partial<Limit>): Limit => ({
  circuit: "grid",
  source: "operating",
  scope: "all",
  limitA: null,
  powerW: null,
  lease: null,
  ...over,
});
const effective = (of: Site, limits: readonly Limit[], isOnGenerator = false) => {
  const image = createProcessImage(of);
  image.setLimits(limits);
  image.setOnGenerator(isOnGenerator);
  const limit = effectiveLimits(planSite(of), image.freeze(instant(0)))[0];
  if (limit === undefined) throw new Error("no circuit");
  return limit;
};

const valueArbitrary = fc.record({
  limitA: fc.option(fc.tuple(fc.nat(150), fc.nat(150), fc.nat(150))),
  powerW: fc.option(fc.nat(90_000)),
});
const limitArbitrary: fc.Arbitrary<Limit> = fc
  .record({
    source: fc.constantFrom("operating", "schedule", "grid-operator", "csms", "flow", "demand-slot"),
    scope: fc.constantFrom("all", "evses"),
    value: valueArbitrary,
    lease: fc.option(fc.record({ expiresAt: fc.constantFrom(instant(-1), instant(1)), afterwards: valueArbitrary })),
  })
  .map(({ value, ...rest }) => aLimit({ ...value, ...rest }));

describe("the limit in force of many sources", () => {
  test("bounds the power of everything and of the EVSEs on their own", () => {
    const limit = effective(withCircuit({ sealedPowerW: 50_000 }), [
      aLimit({ source: "demand-slot", powerW: 30_000 }),
      aLimit({ source: "grid-operator", scope: "evses", powerW: 4200 }),
    ]);
    expect(limit).toMatchObject({ powerW: 30_000, powerSource: "demand-slot" });
    expect(limit).toMatchObject({ evPowerW: 4200, evPowerSource: "grid-operator", limitA: [100, 100, 100] });
  });

  test("is no power at all where nobody bounds it", () => {
    expect(effective(site, [aLimit({ limitA: allPhases(50) })])).toMatchObject({ powerW: null, evPowerW: null });
  });

  test("is the generator's while it feeds the site, and never above the fuse", () => {
    const fed = withCircuit({ generatorA: [60, 60, 120] });
    expect(effective(fed, []).limitA).toEqual([100, 100, 100]);
    expect(effective(fed, [], true)).toMatchObject({ limitA: [60, 60, 100], source: ["sealed", "sealed", "sealed"] });
    expect(effective(fed, [aLimit({ limitA: allPhases(20) })], true).limitA).toEqual([20, 20, 20]);
  });

  test("never exceeds any source's, nor the sealed one, and is always one of them (R5)", () => {
    const sealed = withCircuit({ sealedPowerW: 60_000 });
    fc.assert(
      fc.property(fc.array(limitArbitrary, { maxLength: 8 }), (limits) => {
        const found = effective(sealed, limits);
        const all = limits.filter(({ scope }) => scope === "all").map((limit) => limitInForce(limit, instant(0)));
        for (const i of [0, 1, 2] as const)
          expect(found.limitA[i]).toBe(Math.min(100, ...all.map(({ limitA }) => limitA?.[i] ?? Infinity)));
        expect(found.powerW).toBe(Math.min(60_000, ...all.map(({ powerW }) => powerW ?? Infinity)));
      }),
    );
  });
});
