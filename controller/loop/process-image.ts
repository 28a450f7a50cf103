import type { Fault } from "../model/fault.ts";
import type { Limit } from "../model/limit.ts";
import type { EvseReading, MeterReading } from "../model/reading.ts";
import type { Result } from "../model/result.ts";
import type { Site } from "../model/site.ts";
import type { Snapshot, StationContact, WriteState } from "../model/snapshot.ts";
import { elapsedMs, type Instant } from "../model/time.ts";

/** A station that has not answered for this long is silent. */
const SILENT_MS = 3_000;
/** Nor is one that has not been asked since: it is silent at the earliest after so many cycles. */
const SILENT_CYCLES = 2.5;

type Contact = {
  lastTrafficAt: Instant | null;
  lastAnswerAt: Instant | null;
  isFailsafeProven: boolean;
  fault: Fault | null;
  /** Whether a poll failed since it last answered. */
  hasFailed: boolean;
  readonly silentMs: number;
};

/** The newest of everything that arrived, until the next snapshot freezes it; the one mutable thing of the loop. */
export type ProcessImage = {
  noteStation(
    station: string,
    at: Instant,
    result: Result<readonly EvseReading[], Fault>,
    isFailsafeProven: boolean,
  ): void;
  noteMeter(meter: string, result: Result<MeterReading, Fault>): void;
  noteTraffic(station: string, at: Instant): void;
  beginWrite(evse: string, currentA: number): void;
  endWrite(evse: string, currentA: number, at: Instant, result: Result<null, Fault>): void;
  setLimits(limits: readonly Limit[]): void;
  limits(): readonly Limit[];
  setEmergencyStop(isStopped: boolean): void;
  freeze(at: Instant): Snapshot;
};

/** An empty image of a site: nothing heard, nothing written. */
export const createProcessImage = (site: Site): ProcessImage => {
  const evses = new Map<string, EvseReading>();
  const meters = new Map<string, MeterReading>();
  const meterFaults = new Map<string, Fault>();
  const contacts = new Map(site.stations.map(({ id }): [string, Contact] => [id, noContact(site)]));
  const book = createWriteBook(site);
  const orders = noOrders();
  return {
    noteStation(station, at, result, isFailsafeProven) {
      const contact = contacts.get(station);
      if (contact === undefined) return;
      contact.lastTrafficAt = at;
      contact.fault = result.ok ? null : result.fault;
      contact.hasFailed ||= !result.ok;
      if (!result.ok) return;
      if (contact.hasFailed && !isReachable(contact, at)) book.forget(station);
      contact.hasFailed = false;
      contact.lastAnswerAt = at;
      contact.isFailsafeProven = isFailsafeProven;
      for (const reading of result.value) evses.set(reading.evse, reading);
    },
    noteMeter(meter, result) {
      if (result.ok) meters.set(meter, result.value);
      if (result.ok) meterFaults.delete(meter);
      else meterFaults.set(meter, result.fault);
    },
    noteTraffic(station, at) {
      const contact = contacts.get(station);
      if (contact !== undefined) contact.lastTrafficAt = at;
    },
    beginWrite: (evse, currentA) => book.begin(evse, currentA),
    endWrite: (evse, currentA, at, result) => book.end(evse, currentA, result.ok ? at : null),
    setLimits: (limits) => void Object.assign(orders, { limits }),
    limits: () => orders.limits,
    setEmergencyStop: (isEmergencyStopped) => void Object.assign(orders, { isEmergencyStopped }),
    freeze: (at) => ({
      at,
      ...orders,
      evses: new Map(evses),
      meters: new Map(meters),
      contacts: new Map([...contacts].map(([station, contact]) => [station, freezeContact(station, contact, at)])),
      writes: book.freeze(),
      faults: [
        ...meterFaults.values(),
        ...[...contacts.values()].flatMap(({ fault }) => (fault === null ? [] : [fault])),
      ],
    }),
  };
};

/** What people and clouds said, until they say otherwise. */
const noOrders = (): Pick<Snapshot, "limits" | "needs" | "isEmergencyStopped"> => ({
  limits: [],
  needs: new Map(),
  isEmergencyStopped: false,
});

const noContact = ({ cycleMs }: Site): Contact => ({
  hasFailed: false,
  silentMs: Math.max(SILENT_MS, SILENT_CYCLES * cycleMs),
  lastTrafficAt: null,
  lastAnswerAt: null,
  isFailsafeProven: false,
  fault: null,
});

const isReachable = (contact: Contact, at: Instant): boolean =>
  contact.lastAnswerAt !== null && elapsedMs(contact.lastAnswerAt, at) <= contact.silentMs;

const freezeContact = (station: string, contact: Contact, at: Instant): StationContact => {
  const { lastTrafficAt, lastAnswerAt, isFailsafeProven } = contact;
  return { station, lastTrafficAt, lastAnswerAt, isFailsafeProven, isReachable: isReachable(contact, at) };
};

/** Unanswered writes remembered per EVSE at the most; beyond that the largest are kept. */
const MAX_POSSIBLE = 8;

/** What each EVSE may have been told: the last acknowledged current and all that were sent since (R2). */
const createWriteBook = (site: Site) => {
  const writes = new Map<string, WriteState>();
  return {
    begin(evse: string, currentA: number): void {
      const before = writes.get(evse);
      const possibleA = [...new Set([...(before?.possibleA ?? []), currentA])]
        .toSorted((a, b) => b - a)
        .slice(0, MAX_POSSIBLE);
      writes.set(evse, {
        evse,
        possibleA,
        acknowledgedA: before?.acknowledgedA ?? null,
        acknowledgedAt: before?.acknowledgedAt ?? null,
      });
    },
    end(evse: string, currentA: number, acknowledgedAt: Instant | null): void {
      if (acknowledgedAt === null || !writes.has(evse)) return;
      writes.set(evse, { evse, possibleA: [currentA], acknowledgedA: currentA, acknowledgedAt });
    },
    /** After silence a station may have rebooted: what it was told before no longer counts. */
    forget(station: string): void {
      for (const evse of site.evses) if (evse.station === station) writes.delete(evse.id);
    },
    freeze: (): ReadonlyMap<string, WriteState> => new Map(writes),
  };
};
