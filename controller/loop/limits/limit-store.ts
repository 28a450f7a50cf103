import { allowsMore, lowestValue, type Limit, type LimitValue, type SetSource } from "../../model/limit.ts";
import type { Circuit, Site } from "../../model/site.ts";
import { instant, type Clock } from "../../model/time.ts";
import type { CommandPayload, CommandReply } from "../../protocol/messages.ts";

/** A limit as it is kept over a restart; the end of a lease in wall time, ms since 1970. */
export type StoredLimit = LimitValue & {
  readonly circuit: string;
  readonly source: SetSource;
  readonly lease: { readonly expiresAtWallMs: number; readonly afterwards: LimitValue } | null;
};

/** The limits that are set one by one at run time: one for each circuit and source. */
export type LimitStore = {
  limits(): readonly Limit[];
  /** What must survive a restart. */
  stored(): readonly StoredLimit[];
  /** Applies a limit or lease, never above the sealed limit; in force at once. */
  apply(payload: SetLimit): Outcome;
};

type SetLimit = Extract<CommandPayload, { type: "set-limit" }>;
type Outcome = Pick<CommandReply, "outcome" | "reason">;

/** What the store needs: the site's sealed limits, and what it kept. */
export type LimitStorePorts = {
  readonly site: Site;
  readonly clock: Clock;
  readonly stored: readonly StoredLimit[];
};

/**
 * The store as it was left. How long we were away is not certain (R10): a lease that restricts holds until its end by the
 * wall clock; one that permits more than what follows it has expired.
 */
export const createLimitStore = ({ site, clock, stored }: LimitStorePorts): LimitStore => {
  let kept = stored.filter(({ circuit }) => site.circuits.some(({ id }) => id === circuit)).map(afterRestart);
  // An expiry is fixed on the monotonic clock once: a step of the wall clock must not move it (R10).
  let limits = kept.map((each) => toLimit(each, clock));
  const replace = ({ circuit, source }: SetLimit, next: StoredLimit | null): void => {
    const isOther = (each: { circuit: string; source: string }) => each.circuit !== circuit || each.source !== source;
    kept = [...kept.filter(isOther), ...(next === null ? [] : [next])];
    limits = [...limits.filter(isOther), ...(next === null ? [] : [toLimit(next, clock)])];
  };
  return {
    limits: () => limits,
    stored: () => kept,
    apply(payload) {
      const circuit = site.circuits.find(({ id }) => id === payload.circuit);
      const refusal = circuit === undefined ? `there is no circuit '${payload.circuit}'` : refusalOf(payload);
      if (circuit === undefined || refusal !== null) return { outcome: "refused", reason: refusal };
      replace(payload, toStored(payload, circuit, clock));
      return payload.value !== null && allowsMore(payload.value, clamp(payload.value, circuit))
        ? { outcome: "clamped", reason: "the sealed limit of this circuit is lower" }
        : { outcome: "applied", reason: null };
    },
  };
};

/** What follows a lease of the CSMS is at most what the lease allowed, never nothing at all (R5). */
const refusalOf = ({ source, value, lease }: SetLimit): string | null =>
  source === "csms" && value !== null && lease !== null && allowsMore(lease.afterwards, value)
    ? "what follows a lease of the CSMS must not allow more than the lease"
    : null;

const toStored = ({ source, value, lease }: SetLimit, circuit: Circuit, clock: Clock): StoredLimit | null =>
  value === null
    ? null
    : {
        circuit: circuit.id,
        source,
        ...clamp(value, circuit),
        lease:
          lease === null
            ? null
            : {
                expiresAtWallMs: clock.wallMs() + lease.durationMs,
                afterwards: clamp(lease.afterwards, circuit),
              },
      };

const toLimit = (each: StoredLimit, clock: Clock): Limit => ({
  ...each,
  scope: "all",
  lease:
    each.lease === null
      ? null
      : {
          expiresAt: instant(clock.now() + each.lease.expiresAtWallMs - clock.wallMs()),
          afterwards: each.lease.afterwards,
        },
});

/** A value no higher than the sealed limit, in the respects in which it bounds at all. */
const clamp = ({ limitA, powerW }: LimitValue, { sealedA, sealedPowerW }: Circuit): LimitValue => {
  const lowest = lowestValue({ limitA, powerW }, { limitA: sealedA, powerW: sealedPowerW });
  return { limitA: limitA === null ? null : lowest.limitA, powerW: powerW === null ? null : lowest.powerW };
};

const afterRestart = (each: StoredLimit): StoredLimit =>
  each.lease !== null && allowsMore(each, each.lease.afterwards)
    ? { ...each, ...lowestValue(each, each.lease.afterwards), lease: null }
    : each;
