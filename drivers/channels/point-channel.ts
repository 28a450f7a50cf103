import type { Fault } from "#controller/model/fault.ts";
import type { Result } from "#controller/model/result.ts";
import type { Instant } from "#controller/model/time.ts";
import type { PointValue } from "../decode.ts";

/** Values of the points of one EVSE (or of a meter, which counts as EVSE 1). */
export type PointSample = {
  /** No later than when the device handed the values out. */
  readonly sampledAt: Instant;
  readonly values: ReadonlyMap<string, PointValue>;
  /** Points whose value may be of any age. */
  readonly undated: ReadonlySet<string>;
};

/** Reads a fixed set of points of every EVSE, by number. Never rejects. */
export type PointReader = () => Promise<Result<ReadonlyMap<number, PointSample>, Fault>>;

/** A value for a named point of one EVSE. */
export type PointWrite = {
  readonly evse: number;
  readonly point: string;
  readonly value: number | string | boolean;
};

/** The points of one device, whatever carries them. */
export type PointChannel = {
  /** Why the device may not be spoken to: only for one that pushes and has not been heard lately; null: it may. */
  silence(): Fault | null;
  /** A reader of these points; a sample of pushed values is as old as the oldest of `datedBy`, else as the newest value. */
  reader(names: readonly string[], datedBy?: readonly string[]): PointReader;
  /** Writes one point. Never rejects. */
  write(write: PointWrite): Promise<Result<null, Fault>>;
  /** Whether a point belongs to the station and not to each EVSE. */
  isShared(point: string): boolean;
  /** Calls back when the device has pushed a value; a polled device never calls. */
  onPush(listener: () => void): void;
  close(): Promise<void>;
};

/** Whether a fault means that the device did not answer as itself: contact is lost. */
export const isSilence = ({ code }: Fault): boolean =>
  code === "timeout" || code === "unreachable" || code === "malformed";
