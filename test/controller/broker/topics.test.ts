import { describe, expect, it } from "vitest";
import { StateTopics } from "#controller/broker/topics.ts";
import { sampleFrame } from "../protocol/sample-frame.ts";

const names = (messages: readonly { readonly topic: string }[]): readonly string[] =>
  messages.map(({ topic }) => topic);

const [circuit] = sampleFrame().circuits;
const [evse] = sampleFrame().evses;

describe("the state topics", () => {
  it("tell everything of the first frame, under the names and units of the frame", () => {
    const frame = sampleFrame();
    const messages = new StateTopics().update(frame, 0);
    const byTopic = new Map(messages.map(({ topic, payload }): [string, unknown] => [topic, JSON.parse(payload)]));
    expect([...byTopic.keys()]).toEqual([
      "headroom/depot/state",
      "headroom/depot/circuits/grid",
      "headroom/depot/inverters/roof",
      "headroom/depot/stations/bay-01",
      "headroom/depot/evses/bay-01/1",
    ]);
    const { circuits, evses, stations, inverters, ...state } = frame;
    expect(byTopic.get("headroom/depot/state")).toEqual(state);
    expect(byTopic.get("headroom/depot/circuits/grid")).toEqual(circuits[0]);
    expect(byTopic.get("headroom/depot/inverters/roof")).toEqual(inverters[0]);
    expect(byTopic.get("headroom/depot/stations/bay-01")).toEqual(stations[0]);
    expect(byTopic.get("headroom/depot/evses/bay-01/1")).toEqual(evses[0]);
  });

  it("say nothing when only the cycle's number, its time, the meter's age and the energy that waited change", () => {
    const topics = new StateTopics();
    topics.update(sampleFrame(), 0);
    const meter = { id: "main", ageMs: 900, state: "fresh" as const };
    const waited = [{ day: "2026-03-01", phasesWh: [0, 13, 801] as const, powerWh: 3 }];
    const circuits = circuit === undefined ? [] : [{ ...circuit, meter, waited }];
    expect(topics.update(sampleFrame({ cycle: 2, at: "2026-03-01T10:00:01.000Z", lateMs: 9, circuits }), 1000)).toEqual(
      [],
    );
  });

  it("tell what changed, and that alone", () => {
    const topics = new StateTopics();
    topics.update(sampleFrame(), 0);
    const evses = evse === undefined ? [] : [{ ...evse, setpointA: 10 }];
    expect(names(topics.update(sampleFrame({ cycle: 2, evses }), 1000))).toEqual(["headroom/depot/evses/bay-01/1"]);
    expect(names(topics.update(sampleFrame({ cycle: 3, evses, faults: [] }), 2000))).toEqual(["headroom/depot/state"]);
  });

  it("repeat everything after a minute", () => {
    const topics = new StateTopics();
    topics.update(sampleFrame(), 0);
    expect(topics.update(sampleFrame({ cycle: 60 }), 59_999)).toHaveLength(0);
    expect(topics.update(sampleFrame({ cycle: 61 }), 60_000)).toHaveLength(5);
  });

  it("remove what the site no longer has, once", () => {
    const topics = new StateTopics();
    topics.update(sampleFrame(), 0);
    expect(topics.update(sampleFrame({ evses: [] }), 1)).toEqual([
      { topic: "headroom/depot/evses/bay-01/1", payload: "" },
    ]);
    expect(topics.update(sampleFrame({ evses: [] }), 2)).toEqual([]);
  });

  it("never let an id reach into another topic", () => {
    const stations = [{ id: "a/+/#", name: "", profile: "p", isReachable: true, isFailsafeProven: false }];
    const messages = new StateTopics().update(sampleFrame({ stations }), 0);
    expect(names(messages)).toContain("headroom/depot/stations/a____");
  });
});
