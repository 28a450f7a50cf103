import type { StrategyName } from "../model/strategy.ts";
import type { LimitValue, SetSource, ScheduleEntry, OperatorSignal } from "../model/limit.ts";
import type { LiveFrame } from "./live-frame.ts";

/** Version of the messages between processes; a peer of another version is refused. */
export const PROTOCOL_VERSION = 1;

/** What may be asked of control for the vehicle at one EVSE. */
export type SessionCommand =
  | {
      readonly type: "set-need";
      readonly evse: string;
      /** Null: forget what was said. */
      readonly need: { readonly departsAtWallMs: number | null; readonly energyWh: number | null } | null;
    }
  /** Null: end the boost. */
  | { readonly type: "set-boost"; readonly evse: string; readonly durationMs: number | null };

/** What may be asked of control for the whole site. */
export type SiteCommand =
  | {
      readonly type: "set-limit";
      readonly circuit: string;
      readonly source: SetSource;
      /** Null: this source no longer bounds the circuit. */
      readonly value: LimitValue | null;
      /** For how long, and what holds then; null: until it is changed. */
      readonly lease: { readonly durationMs: number; readonly afterwards: LimitValue } | null;
    }
  | {
      readonly type: "set-prices";
      readonly prices: readonly {
        readonly startsAtWallMs: number;
        readonly endsAtWallMs: number;
        readonly pricePerKwh: number;
      }[];
    }
  | { readonly type: "emergency-stop"; readonly isStopped: boolean }
  | { readonly type: "set-strategy"; readonly strategy: StrategyName }
  /** Replaces the weekly schedule of a circuit; no entries: it has none. */
  | { readonly type: "set-schedule"; readonly circuit: string; readonly entries: readonly ScheduleEntry[] }
  | { readonly type: "grid-operator"; readonly signal: OperatorSignal }
  /** Whether the generator feeds the site. */
  | { readonly type: "generator"; readonly isRunning: boolean };

/** What may be asked of control. */
export type CommandPayload = SiteCommand | SessionCommand;

/** A command, idempotent by id: sent twice it is carried out once. */
export type Command = {
  readonly id: string;
  readonly actor: string;
  readonly deadlineMs: number;
  readonly payload: CommandPayload;
};

/** What became of a command. */
export type CommandReply = {
  readonly id: string;
  readonly outcome: "applied" | "clamped" | "refused";
  readonly reason: string | null;
};

/** From a client (services, gateway) to control. */
export type ToControl =
  | { readonly v: number; readonly type: "command"; readonly command: Command }
  | { readonly v: number; readonly type: "hello"; readonly role: string };

/** From control to its clients: the newest frame (older ones are dropped when the client is slow) and replies. */
export type FromControl =
  | { readonly v: number; readonly type: "live"; readonly frame: LiveFrame }
  | { readonly v: number; readonly type: "reply"; readonly reply: CommandReply };
