import type { Fault } from "../model/fault.ts";
import type { Limit } from "../model/limit.ts";
import type { EvseReading, InverterReading, MeterReading } from "../model/reading.ts";
import type { PriceSlot } from "../model/price.ts";
import type { Result } from "../model/result.ts";
import type { Site } from "../model/site.ts";
import type { Snapshot, WriteState } from "../model/snapshot.ts";
import type { StrategyName } from "../model/strategy.ts";
import type { Instant } from "../model/time.ts";
import { Contact } from "./contact.ts";

/** The newest of everything that arrived, until the next snapshot freezes it; the one mutable thing of the loop. */
export type ProcessImage = {
  /** Whether a station may be polled now (R2). */
  mayPoll(station: string, at: Instant): boolean;
  /** Everything from here to {@link ProcessImage.noteStation} counts as traffic to it. */
  beginPoll(station: string, at: Instant): void;
  noteStation(
    station: string,
    at: Instant,
    result: Result<readonly EvseReading[], Fault>,
    isFailsafeProven: boolean,
  ): void;
  noteMeter(meter: string, result: Result<MeterReading, Fault>): void;
  noteInverter(inverter: string, result: Result<InverterReading, Fault>): void;
  beginWrite(evse: string, currentA: number, at: Instant): void;
  endWrite(evse: string, currentA: number, at: Instant, result: Result<null, Fault>): void;
  setLimits(limits: readonly Limit[]): void;
  limits(): readonly Limit[];
  /** Says where prices come from: asked at every snapshot, because they follow the wall clock. */
  setPrices(prices: () => readonly PriceSlot[]): void;
  setEmergencyStop(isStopped: boolean): void;
  setStrategy(strategy: StrategyName): void;
  setOnGenerator(isOnGenerator: boolean): void;
  freeze(at: Instant): Snapshot;
};

/** An empty image of a site: nothing heard, nothing written. */
export const createProcessImage = (site: Site): ProcessImage => {
  const evses = new Map<string, EvseReading>();
  const meters = createNewest<MeterReading>();
  const inverters = createNewest<InverterReading>();
  const contacts = new Map(site.stations.map((station) => [station.id, new Contact(site, station)]));
  const places = new Map(site.evses.map((evse) => [evse.id, { evse, contact: contacts.get(evse.station) }]));
  const book = createWriteBook(site);
  const orders = noOrders(site);
  let prices = (): readonly PriceSlot[] => [];
  return {
    mayPoll: (station, at) => contacts.get(station)?.mayPoll(at) === true,
    beginPoll: (station, at) => contacts.get(station)?.beginPoll(at),
    noteStation(station, at, result, isFailsafeProven) {
      const isBack = contacts.get(station)?.endPoll(at, result, isFailsafeProven) === true;
      if (isBack) book.forget(station);
      if (result.ok) for (const reading of result.value) evses.set(reading.evse, reading);
    },
    noteMeter: (meter, result) => meters.note(meter, result),
    noteInverter: (inverter, result) => inverters.note(inverter, result),
    beginWrite(id, currentA, at) {
      const place = places.get(id);
      place?.contact?.beginWrite(at, place.evse, currentA);
      book.begin(id, currentA);
    },
    endWrite(id, currentA, at, result) {
      const place = places.get(id);
      place?.contact?.endWrite(at, place.evse, result);
      book.end(id, currentA, result.ok ? at : null);
    },
    setLimits: (limits) => void Object.assign(orders, { limits }),
    limits: () => orders.limits,
    setPrices: (next) => void (prices = next),
    setEmergencyStop: (isEmergencyStopped) => void Object.assign(orders, { isEmergencyStopped }),
    setStrategy: (strategy) => void Object.assign(orders, { strategy }),
    setOnGenerator: (isOnGenerator) => void Object.assign(orders, { isOnGenerator }),
    freeze: (at) => ({
      at,
      ...orders,
      prices: prices(),
      evses: new Map(evses),
      meters: meters.readings(),
      inverters: inverters.readings(),
      contacts: new Map([...contacts].map(([station, contact]) => [station, contact.freeze(at)])),
      writes: book.freeze(),
      faults: [...meters.faults(), ...inverters.faults(), ...faultsOf(contacts)],
    }),
  };
};

const faultsOf = (contacts: ReadonlyMap<string, Contact>): readonly Fault[] =>
  [...contacts.values()].flatMap(({ fault }) => (fault === null ? [] : [fault]));

/** The newest reading of each device of a kind, and what is wrong with it. */
const createNewest = <T>() => {
  const readings = new Map<string, T>();
  const faults = new Map<string, Fault>();
  return {
    note(device: string, result: Result<T, Fault>): void {
      if (result.ok) readings.set(device, result.value);
      if (result.ok) faults.delete(device);
      else faults.set(device, result.fault);
    },
    readings: (): ReadonlyMap<string, T> => new Map(readings),
    faults: () => faults.values(),
  };
};

type Orders = Pick<Snapshot, "limits" | "needs" | "boosts" | "strategy" | "isEmergencyStopped" | "isOnGenerator">;

/** What people and clouds said, until they say otherwise. */
const noOrders = ({ strategy }: Site): Orders => ({
  strategy,
  limits: [],
  needs: new Map(),
  boosts: new Map(),
  isEmergencyStopped: false,
  isOnGenerator: false,
});

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
