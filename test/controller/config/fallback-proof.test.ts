import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CircuitFallback, proveFallback } from "#controller/config/fallback-proof.ts";
import { allPhases, type Phase } from "#controller/model/phase.ts";
import type { Circuit, Evse, Site } from "#controller/model/site.ts";
import { SITE } from "#test/controller/support/one-station.ts";
import { circuit as aCircuit, evse as anEvse } from "#test/controller/support/parts.ts";

const circuit = (id: string, parent: string | null, limitA: number, worstLoadA = 0): Circuit =>
  aCircuit({ id, parent, sealedA: allPhases(limitA), worstLoadA: allPhases(worstLoadA) });

type Figures = { readonly maxA: number; readonly failsafeA: number | null; readonly powerOnA?: number };

const evse = (number: number, phases: readonly Phase[], figures: Figures, at = "panel"): Evse =>
  anEvse("s", { id: `s/${number}`, number, circuit: at, phases, ...figures });

const siteOf = (circuits: readonly Circuit[], evses: readonly Evse[]): Site => ({
  ...SITE,
  circuits,
  evses,
  stations: [],
});

const provePanel = (limitA: number, evses: readonly Evse[], isProven = true, worstLoadA = 0): CircuitFallback => {
  const [proof] = proveFallback(siteOf([circuit("panel", null, limitA, worstLoadA)], evses), () => isProven);
  if (proof === undefined) throw new Error("no proof");
  return proof;
};

const ALL: readonly Phase[] = ["L1", "L2", "L3"];

describe("the fallback proof", () => {
  const two = [1, 2].map((n) => evse(n, ALL, { maxA: 32, failsafeA: 6 }));

  it("holds when proven failsafe currents fit", () => {
    expect(provePanel(12, two)).toMatchObject({ state: "proven", sumA: [12, 12, 12], unprovenEvses: [] });
  });

  it("counts a failsafe that was not read back at the rating", () => {
    expect(provePanel(63, two, false)).toMatchObject({ state: "unproven", sumA: [64, 64, 64] });
    expect(provePanel(64, two, false).state).toBe("proven");
  });

  it("is disproven when even the declared failsafe currents do not fit", () => {
    expect(provePanel(11.9, two, false).state).toBe("disproven");
    expect(provePanel(11.9, two, true).state).toBe("disproven");
  });

  it("adds the worst building load", () => {
    expect(provePanel(20, two, true, 8).state).toBe("proven");
    expect(provePanel(20, two, true, 8.1).state).toBe("disproven");
  });

  it("counts an EVSE without failsafe at its rating, whatever is proven", () => {
    const proof = provePanel(63, [evse(1, ALL, { maxA: 64, failsafeA: null })]);
    expect(proof).toMatchObject({ state: "unproven", declaredSumA: [0, 0, 0], unprovenEvses: ["s/1"] });
  });

  it("is unproven when the currents after a power cut do not fit", () => {
    const rush = [1, 2].map((n) => evse(n, ALL, { maxA: 32, failsafeA: 6, powerOnA: 32 }));
    expect(provePanel(63, rush)).toMatchObject({ state: "unproven", powerOnSumA: [64, 64, 64] });
    expect(provePanel(64, rush).state).toBe("proven");
  });

  it("looks at each phase by itself", () => {
    const evses = [1, 2].map((n) => evse(n, ["L2"], { maxA: 32, failsafeA: 10 }));
    expect(provePanel(16, evses)).toMatchObject({
      state: "disproven",
      phaseStates: ["proven", "disproven", "proven"],
      sumA: [0, 20, 0],
    });
  });

  it("carries EVSEs up to every circuit that feeds them", () => {
    const circuits = [circuit("grid", null, 10), circuit("panel", "grid", 63)];
    const proofs = proveFallback(siteOf(circuits, two), () => true);
    expect(proofs.map((proof) => [proof.circuit, proof.state])).toEqual([
      ["grid", "disproven"],
      ["panel", "proven"],
    ]);
  });

  it("never gets better when fewer failsafes are proven", () => {
    const rank = { proven: 0, unproven: 1, disproven: 2 };
    const figures = fc.record({ maxA: fc.integer({ min: 6, max: 63 }), failsafeA: fc.constantFrom(null, 0, 6) });
    fc.assert(
      fc.property(fc.array(figures, { maxLength: 8 }), fc.nat(300), fc.nat(8), (list, limitA, split) => {
        const site = siteOf(
          [circuit("panel", null, limitA)],
          list.map((f, i) => evse(i, ALL, f)),
        );
        const [all] = proveFallback(site, () => true);
        const [some] = proveFallback(site, (id) => Number(id.slice(2)) < split);
        expect(rank[some?.state ?? "proven"]).toBeGreaterThanOrEqual(rank[all?.state ?? "disproven"]);
      }),
    );
  });
});
