import { allPhases } from "#controller/model/phase.ts";
import type { LiveFrame } from "#controller/protocol/live-frame.ts";
import { A_ROOF, aCircuit, aFrame, anEvse } from "../support/frames.ts";

/** A live frame of a small site with one of everything. */
export const sampleFrame = (changes: Partial<LiveFrame> = {}): LiveFrame =>
  aFrame({
    cycle: 1,
    at: "2026-03-01T10:00:00.000Z",
    site: { ...aFrame().site, id: "depot", name: "Depot" },
    circuits: [
      aCircuit({
        sealedA: allPhases(63),
        limitA: allPhases(50),
        limitSource: "csms",
        leaseEndsAt: "2026-03-01T11:00:00.000Z",
        reserveA: 3,
        reserveAskedA: 5,
        buildingA: [10, 11, 12],
        accountedA: allPhases(16),
        drawnA: [15.5, 15.6, 15.7],
        headroomA: [21, 20, 19],
        shadowPriceW: [0, 0, 690],
        waited: [{ day: "2026-03-01", phasesWh: [0, 12.5, 800], powerWh: 3 }],
        meter: { id: "main", ageMs: 120, state: "fresh" },
      }),
    ],
    evses: [
      anEvse({
        setpointA: 16,
        offeredA: null,
        drawnA: [15.5, 15.6, 15.7],
        powerW: 10_800,
        energyWh: 1_234_567,
        reason: { code: "circuit-limit", circuit: "grid", phase: "L3", source: "csms" },
      }),
    ],
    stations: [{ id: "bay-01", name: "Bay 1", profile: "keba-p30", isReachable: true, isFailsafeProven: true }],
    inverters: [A_ROOF],
    faults: [{ code: "meter-stale", subject: "main", detail: "no new value for 4 s" }],
    ...changes,
  });
