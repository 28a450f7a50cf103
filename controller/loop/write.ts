import type { StationDriver } from "../model/ports.ts";
import type { Setpoint } from "../model/setpoint.ts";
import type { Evse, Site } from "../model/site.ts";
import type { Snapshot, StationContact } from "../model/snapshot.ts";
import { elapsedMs, type Clock } from "../model/time.ts";
import type { ProcessImage } from "./process-image.ts";

/** A station that reads back something else than it was told is told again after this, ms. */
const REPAIR_MS = 2_000;
/** A station's read-back may differ from the setpoint by this, A: registers round. */
const READ_BACK_TOLERANCE_A = 0.6;

/** Sends setpoints to stations: reductions first, one write at a time per EVSE, the newest wins. */
export type Writer = {
  /** Starts every write that is needed; resolves when all that were started have been answered or failed. */
  writeAll(setpoints: readonly Setpoint[], snapshot: Snapshot): Promise<void>;
};

/** What a writer needs. */
export type WriterPorts = {
  readonly site: Site;
  readonly stations: ReadonlyMap<string, StationDriver>;
  readonly image: ProcessImage;
  readonly clock: Clock;
};

/** A writer for the stations of a site. */
export const createWriter = ({ site, stations, image, clock }: WriterPorts): Writer => {
  const evses = new Map(site.evses.map((evse) => [evse.id, evse]));
  const wantedA = new Map<string, number>();
  const running = new Map<string, Promise<void>>();

  const writeOne = async (evse: Evse, driver: StationDriver): Promise<void> => {
    try {
      for (let currentA = wantedA.get(evse.id); currentA !== undefined; currentA = wantedA.get(evse.id)) {
        wantedA.delete(evse.id);
        image.beginWrite(evse.id, currentA, clock.now());
        const result = await driver.write(evse.number, currentA);
        image.endWrite(evse.id, currentA, clock.now(), result);
      }
    } finally {
      // In the same turn as the last look at what is wanted: a setpoint that came between would wait for the next cycle.
      running.delete(evse.id);
    }
  };
  const start = (setpoint: Setpoint): Promise<void> => {
    const evse = evses.get(setpoint.evse);
    const driver = evse === undefined ? undefined : stations.get(evse.station);
    if (evse === undefined || driver === undefined) return Promise.resolve();
    wantedA.set(evse.id, setpoint.currentA);
    const write = running.get(evse.id) ?? writeOne(evse, driver);
    running.set(evse.id, write);
    return write;
  };
  return {
    async writeAll(setpoints, snapshot) {
      const needed = setpoints.filter((setpoint) => isWritable(setpoint, snapshot) && isNeeded(setpoint, snapshot));
      const rise = ({ evse, currentA }: Setpoint): number =>
        currentA - (snapshot.writes.get(evse)?.acknowledgedA ?? Infinity);
      await Promise.all(needed.toSorted((a, b) => Number(rise(a) > 0) - Number(rise(b) > 0)).map(start));
    },
  };
};

const contactOf = ({ evse }: Setpoint, { contacts }: Snapshot): StationContact | undefined =>
  contacts.get(evse.slice(0, evse.lastIndexOf("/")));

/**
 * A station never heard of is told nothing before it says what it does: its vehicle may be charging. Nor is one whose
 * watchdog must run out. A stop goes out all the same (R12).
 */
const isWritable = (setpoint: Setpoint, snapshot: Snapshot): boolean => {
  const contact = contactOf(setpoint, snapshot);
  return snapshot.isEmergencyStopped || (contact?.lastAnswerAt !== null && contact?.traffic !== "none");
};

/** Whether a station must be told: it was not, did not confirm, reads back something else, or is looked for. */
const isNeeded = (setpoint: Setpoint, snapshot: Snapshot): boolean => {
  const { evse, currentA } = setpoint;
  const write = snapshot.writes.get(evse);
  if (write === undefined || write.acknowledgedA !== currentA) return true;
  if (write.possibleA.length > 1 || contactOf(setpoint, snapshot)?.traffic === "probe") return true;
  const reading = snapshot.evses.get(evse);
  if (reading === undefined || reading.offeredA === null || write.acknowledgedAt === null) return false;
  const isSettled = elapsedMs(write.acknowledgedAt, reading.sampledAt) >= REPAIR_MS;
  return isSettled && reading.offeredA > currentA + READ_BACK_TOLERANCE_A;
};
