import type { LiveCircuit, LiveFrame } from "../protocol/live-frame.ts";

const REPEAT_MS = 60_000;

/** A retained message; an empty payload removes what was retained. */
export type StateMessage = { readonly topic: string; readonly payload: string };

type Topic = {
  readonly topic: string;
  readonly state: unknown;
  /** The state without what changes every cycle by itself; equal: nothing to tell. */
  readonly compared: unknown;
};

type Published = { readonly compared: string; readonly atMs: number };

const segment = (id: string): string => id.replaceAll(/[/+#\0]/g, "_");

const topic = (name: string, state: unknown, compared: unknown = state): Topic => ({ topic: name, state, compared });

const withoutAge = (circuit: LiveCircuit): unknown => ({
  ...circuit,
  waited: [],
  meter: circuit.meter === null ? null : { id: circuit.meter.id, state: circuit.meter.state },
});

const siteState = ({ cycle, at, cycleMs, lateMs, site, faults, schedules, gridOperator }: LiveFrame): unknown => ({
  cycle,
  at,
  cycleMs,
  lateMs,
  site,
  faults,
  schedules,
  gridOperator,
});

const withoutTime = ({ cycleMs, site, faults, schedules, gridOperator }: LiveFrame): unknown => ({
  cycleMs,
  site,
  faults,
  schedules,
  gridOperator,
});

const topicsOf = (frame: LiveFrame): readonly Topic[] => {
  const root = `headroom/${segment(frame.site.id)}`;
  return [
    topic(`${root}/state`, siteState(frame), withoutTime(frame)),
    ...frame.circuits.map((circuit) => topic(`${root}/circuits/${segment(circuit.id)}`, circuit, withoutAge(circuit))),
    ...frame.inverters.map((inverter) => topic(`${root}/inverters/${segment(inverter.id)}`, inverter)),
    ...frame.stations.map((station) => topic(`${root}/stations/${segment(station.id)}`, station)),
    ...frame.evses.map((evse) => topic(`${root}/evses/${segment(evse.station)}/${evse.number}`, evse)),
  ];
};

/** Turns live frames into state topics; one lives as long as the broker that retains them. */
export class StateTopics {
  readonly #published = new Map<string, Published>();

  /** The messages for this frame: what changed, what was not said for a minute, and the removal of what is gone. */
  update(frame: LiveFrame, nowMs: number): readonly StateMessage[] {
    const topics = topicsOf(frame);
    const names = new Set(topics.map(({ topic: name }) => name));
    return [...this.#removed(names), ...topics.flatMap((entry) => this.#changed(entry, nowMs))];
  }

  #changed({ topic: name, state, compared }: Topic, nowMs: number): readonly StateMessage[] {
    const now = { compared: JSON.stringify(compared), atMs: nowMs };
    const before = this.#published.get(name);
    if (before?.compared === now.compared && nowMs - before.atMs < REPEAT_MS) return [];
    this.#published.set(name, now);
    return [{ topic: name, payload: JSON.stringify(state) }];
  }

  #removed(present: ReadonlySet<string>): readonly StateMessage[] {
    const gone = [...this.#published.keys()].filter((name) => !present.has(name));
    for (const name of gone) this.#published.delete(name);
    return gone.map((name) => ({ topic: name, payload: "" }));
  }
}
