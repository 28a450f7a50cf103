import type { Limit } from "../model/limit.ts";
import { minPhases, type PhaseVector } from "../model/phase.ts";
import type { Site } from "../model/site.ts";
import { instant, type Clock } from "../model/time.ts";
import type { CommandPayload, CommandReply } from "../protocol/messages.ts";

/** A limit as it is kept over a restart; the end of a lease in wall time, ms since 1970. */
export type StoredLimit = {
  readonly circuit: string;
  readonly source: "operating" | "lease";
  readonly limitA: PhaseVector;
  readonly lease: { readonly expiresAtWallMs: number; readonly afterwardsA: PhaseVector } | null;
};

/** The limits that change at run time: operating limits and leases. */
export type LimitStore = {
  limits(): readonly Limit[];
  /** Applies a limit or lease, never above the sealed limit; resolves when it is kept safely. */
  apply(
    payload: Extract<CommandPayload, { type: "set-limit" | "set-lease" }>,
  ): Promise<Pick<CommandReply, "outcome" | "reason">>;
};

/** What the store needs: the site's sealed limits, and a place that survives a restart. */
export type LimitStorePorts = {
  readonly site: Site;
  readonly clock: Clock;
  readonly stored: readonly StoredLimit[];
  readonly save: (limits: readonly StoredLimit[]) => Promise<void>;
};

/**
 * The store as it was left. How long we were away is not certain (R10): a lease that restricts holds until its end by the
 * wall clock; one that permits more than what follows it has expired.
 */
export const createLimitStore = ({ site, clock, stored, save }: LimitStorePorts): LimitStore => {
  let kept = stored.filter(({ circuit }) => site.circuits.some(({ id }) => id === circuit)).map(afterRestart);
  const toLimit = (each: StoredLimit): Limit => ({
    ...each,
    lease:
      each.lease === null
        ? null
        : {
            expiresAt: instant(clock.now() + each.lease.expiresAtWallMs - clock.wallMs()),
            afterwardsA: each.lease.afterwardsA,
          },
  });
  // An expiry is fixed on the monotonic clock once: a step of the wall clock must not move it (R10).
  let limits = kept.map(toLimit);
  const replace = async (circuit: string, source: StoredLimit["source"], next: StoredLimit | null): Promise<void> => {
    const isOther = (each: { circuit: string; source: string }) => each.circuit !== circuit || each.source !== source;
    kept = [...kept.filter(isOther), ...(next === null ? [] : [next])];
    limits = [...limits.filter(isOther), ...(next === null ? [] : [toLimit(next)])];
    await save(kept);
  };
  return {
    limits: () => limits,
    async apply(payload) {
      const circuit = site.circuits.find(({ id }) => id === payload.circuit);
      if (circuit === undefined) return { outcome: "refused", reason: `there is no circuit '${payload.circuit}'` };
      const clamp = (limitA: PhaseVector): PhaseVector => minPhases(limitA, circuit.sealedA);
      if (payload.limitA === null) {
        await replace(circuit.id, "lease", null);
        await replace(circuit.id, "operating", null);
        return { outcome: "applied", reason: null };
      }
      const lease =
        payload.type === "set-lease"
          ? { expiresAtWallMs: clock.wallMs() + payload.durationMs, afterwardsA: clamp(payload.afterwardsA) }
          : null;
      const source = lease === null ? "operating" : "lease";
      await replace(circuit.id, source, { circuit: circuit.id, source, limitA: clamp(payload.limitA), lease });
      const isClamped = payload.limitA.some((limitA, i) => limitA > (circuit.sealedA[i] ?? 0));
      return isClamped
        ? { outcome: "clamped", reason: "the sealed limit of this circuit is lower" }
        : { outcome: "applied", reason: null };
    },
  };
};

const afterRestart = (each: StoredLimit): StoredLimit => {
  if (each.lease === null) return each;
  const { afterwardsA } = each.lease;
  const isPermissive = each.limitA.some((limitA, i) => limitA > (afterwardsA[i] ?? 0));
  return isPermissive ? { ...each, limitA: minPhases(each.limitA, afterwardsA), lease: null } : each;
};
