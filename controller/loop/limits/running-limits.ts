import { surplusW } from "../../limits/dimming.ts";
import type { DemandContract } from "../../limits/demand-slot.ts";
import type { Limit, Schedule, OperatorState } from "../../model/limit.ts";
import { allPhases, ZERO, type PhaseVector } from "../../model/phase.ts";
import type { Site } from "../../model/site.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { Clock } from "../../model/time.ts";
import type { CommandPayload, CommandReply } from "../../protocol/messages.ts";
import { createDemandWatch } from "./demand-watch.ts";
import { createLimitStore, type StoredLimit } from "./limit-store.ts";
import { createOperatorLimits, type KeptOperator, type OperatorSetup } from "./operator-limits.ts";
import { createScheduleBook } from "./schedule-book.ts";

/** What must survive a restart. */
export type KeptLimits = {
  readonly limits: readonly StoredLimit[];
  readonly schedules: readonly Schedule[];
  readonly gridOperator: KeptOperator | null;
};

/** A command that sets limits. */
export type LimitCommand = Extract<CommandPayload, { type: "set-limit" | "set-schedule" | "grid-operator" }>;

/** Every limit of the site that changes at run time. */
export type RunningLimits = {
  /** In force from the next cycle on. */
  apply(command: LimitCommand): Pick<CommandReply, "outcome" | "reason">;
  /** All that hold at a snapshot; `buildingA` is the building load of the grid connection, A per phase, as of the cycle before. */
  at(seen: Snapshot, buildingA: PhaseVector | null): readonly Limit[];
  /** Its parts are the same objects until they change. */
  kept(): KeptLimits;
  schedules(): readonly Schedule[];
  /** Null: the site file names no grid operator. */
  gridOperator(): OperatorState | null;
};

/** What they need: the site, what the installer agreed with the grid operator, and what was kept. */
export type RunningLimitsPorts = {
  readonly site: Site;
  readonly clock: Clock;
  readonly gridOperator: Omit<OperatorSetup, "circuit"> | null;
  readonly demand: DemandContract | null;
  readonly kept: KeptLimits;
};

/** The limits as they were left. */
export const createRunningLimits = ({ site, clock, kept, ...rules }: RunningLimitsPorts): RunningLimits => {
  const store = createLimitStore({ site, clock, stored: kept.limits });
  const book = createScheduleBook(site, clock, kept.schedules);
  const circuit = rootOf(site).id;
  const operator =
    rules.gridOperator === null
      ? null
      : createOperatorLimits({ circuit, ...rules.gridOperator }, clock, kept.gridOperator);
  const demand = rules.demand === null ? () => [] : createDemandWatch(site, rules.demand, clock);
  return {
    apply(command) {
      switch (command.type) {
        case "set-limit":
          return store.apply(command);
        case "set-schedule":
          if (!site.circuits.some(({ id }) => id === command.circuit))
            return refused(`there is no circuit '${command.circuit}'`);
          book.set({ circuit: command.circuit, entries: command.entries });
          return APPLIED;
        case "grid-operator": {
          const refusal = operator === null ? "the site file names no grid operator" : operator.receive(command.signal);
          return refusal === null ? APPLIED : refused(refusal);
        }
      }
    },
    at: (seen, buildingA) => [
      ...store.limits(),
      ...book.limits(),
      ...(operator?.limits(surplusW(buildingA ?? ZERO, voltageAt(site, seen))) ?? []),
      ...demand(seen),
    ],
    kept: () => ({
      limits: store.stored(),
      schedules: book.schedules(),
      gridOperator: operator?.kept() ?? kept.gridOperator,
    }),
    schedules: () => book.schedules(),
    gridOperator: () => operator?.state() ?? null,
  };
};

const APPLIED = { outcome: "applied", reason: null } as const;

const refused = (reason: string) => ({ outcome: "refused", reason }) as const;

const rootOf = (site: Site): Site["circuits"][number] => {
  const root = site.circuits.find(({ parent }) => parent === null);
  if (root === undefined) throw new Error("the site has no grid connection");
  return root;
};

/** The voltage at the grid connection where its meter measures it, else the nominal one, V per phase. */
const voltageAt = (site: Site, { meters }: Snapshot): PhaseVector =>
  meters.get(rootOf(site).meter ?? "")?.voltageV ?? allPhases(site.nominalVoltageV);
