import { allPhases, ZERO } from "#controller/model/phase.ts";
import type { LiveCircuit, LiveEvse, LiveFrame } from "#controller/protocol/live-frame.ts";
import { A_ROOF, aCircuit, aFrame, anEvse } from "../../controller/support/frames.ts";

const circuits: readonly LiveCircuit[] = [
  aCircuit({
    sealedA: allPhases(160),
    limitA: allPhases(160),
    reserveA: 12,
    reserveAskedA: 15,
    buildingA: [52.4, 61.8, 47.1],
    accountedA: [58, 74, 64],
    drawnA: [51.2, 66.9, 58.3],
    headroomA: [37.6, 12.2, 36.9],
    meter: { id: "main", ageMs: 420, state: "fresh" },
  }),
  aCircuit({
    id: "panel-a",
    name: "Panel A, north wall",
    parent: "grid",
    sealedA: allPhases(63),
    limitA: allPhases(50),
    limitSource: "operating",
    reserveA: 0,
    buildingA: [0, 0, 0],
    accountedA: [38, 50, 44],
    drawnA: [35.2, 48.1, 41.3],
    headroomA: [12, 0, 6],
    shadowPriceW: [0, 690, 0],
    waited: [
      { day: "2026-02-26", phasesWh: [0, 4200, 0], powerWh: 0 },
      { day: "2026-03-01", phasesWh: [1500, 6900, 0], powerWh: 0 },
      { day: "2026-03-02", phasesWh: [0, 2100, 0], powerWh: 300 },
    ],
    meter: null,
  }),
  aCircuit({
    id: "panel-b",
    name: "Panel B, canopy",
    parent: "grid",
    sealedA: [63, 63, 50],
    limitA: [40, 40, 40],
    limitSource: "csms",
    leaseEndsAt: "2026-03-02T13:30:00.000Z",
    reserveA: 4,
    reserveAskedA: 3,
    buildingA: [6.2, 4.8, 9.4],
    accountedA: [20, 24, 20],
    drawnA: [16, 18.8, 17],
    headroomA: [9.8, 7.2, 6.6],
    meter: { id: "canopy", ageMs: 4200, state: "old" },
    fallback: "unproven",
  }),
];

const evse = (
  station: string,
  over: Partial<LiveEvse> & Pick<LiveEvse, "state" | "setpointA" | "drawnA" | "reason">,
): LiveEvse =>
  anEvse({
    id: `${station}/1`,
    station,
    circuit: "panel-a",
    offeredA: over.setpointA,
    powerW: over.drawnA === null ? null : 230 * (over.drawnA[0] + over.drawnA[1] + over.drawnA[2]),
    ...over,
  });

const byPanelA = { code: "circuit-limit", circuit: "panel-a", phase: "L2", source: "operating" } as const;
const afterPanelA = { code: "waiting-turn", circuit: "panel-a", phase: "L2" } as const;
const oldCanopy = { code: "meter-old", circuit: "panel-b" } as const;
const onPanelB = { circuit: "panel-b" } as const;

const evses: readonly LiveEvse[] = [
  evse("bay-01", {
    state: "C",
    setpointA: 20,
    drawnA: [19.6, 19.8, 19.7],
    reason: { code: "full-current" },
    priority: 2,
    need: { departsAt: "2026-03-02T15:00:00.000Z", energyWh: 9000, isEstimated: true },
    boostEndsAt: "2026-03-02T09:45:00.000Z",
  }),
  evse("bay-02", {
    state: "C",
    setpointA: 16,
    drawnA: [15.6, 15.8, 15.7],
    reason: byPanelA,
    need: { departsAt: "2026-03-02T16:00:00.000Z", energyWh: 12_400, isEstimated: false },
  }),
  evse("bay-03", { state: "C", setpointA: 14, drawnA: [0, 12.5, 0], reason: { code: "uses-less" }, phases: ["L2"] }),
  evse("bay-04", { state: "B", setpointA: 0, drawnA: ZERO, reason: afterPanelA }),
  evse("bay-05", { state: "C", setpointA: 10, drawnA: [9.8, 9.7, 9.8], reason: { code: "ramping" }, ...onPanelB }),
  evse("bay-05", {
    state: "A",
    setpointA: 0,
    drawnA: ZERO,
    reason: { code: "no-vehicle" },
    id: "bay-05/2",
    number: 2,
    ...onPanelB,
  }),
  evse("bay-06", {
    state: "C",
    setpointA: 8,
    aloneA: 8,
    drawnA: null,
    reason: oldCanopy,
    phases: ["L3", "L1"],
    ...onPanelB,
  }),
  evse("bay-07", {
    state: null,
    setpointA: 6,
    drawnA: null,
    reason: { code: "silent" },
    isReachable: false,
    offeredA: null,
    ...onPanelB,
  }),
];

const stations = [1, 2, 3, 4, 5, 6, 7].map((number) => ({
  id: `bay-0${number}`,
  name: `Bay 0${number}`,
  profile: "alfen-eve-ng9xx",
  isReachable: number !== 7,
  isFailsafeProven: number !== 6,
}));

/** A depot on a busy morning: a bit of everything that the page can show. */
export const richFrame: LiveFrame = aFrame({
  cycle: 41_312,
  at: "2026-03-02T09:15:27.000Z",
  lateMs: 3,
  circuits,
  evses,
  stations,
  inverters: [A_ROOF],
  faults: [
    { code: "unreachable", subject: "bay-07", detail: "no answer for 42 s" },
    { code: "meter-stale", subject: "canopy", detail: "newest sample 4.2 s old" },
  ],
});
