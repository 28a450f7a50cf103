import { guaranteedPowerW } from "../../limits/dimming.ts";
import {
  advanceLpc,
  heartbeatDueAt,
  keepLpc,
  lpcFallbackW,
  lpcLimitW,
  receiveLpc,
  startLpc,
  type KeptLpc,
  type Lpc,
} from "../../limits/lpc.ts";
import type { Limit, OperatorSignal, OperatorState } from "../../model/limit.ts";
import type { Clock } from "../../model/time.ts";

/** How the grid operator dims a site: which circuit, how many controllable devices, and whether over LPC. */
export type OperatorSetup = {
  /** The grid connection: its EVSEs are dimmed. */
  readonly circuit: string;
  readonly devices: number;
  /** What holds without heartbeats; a null power is what the devices keep at least. Null: no LPC. */
  readonly lpc: { readonly failsafeW: number | null; readonly minimumMs: number } | null;
};

/** What must survive a restart. */
export type KeptOperator = { readonly isContactDimmed: boolean; readonly lpc: KeptLpc | null };

/** The limits of the grid operator. */
export type OperatorLimits = {
  /** Takes a signal; why it was refused, or null. */
  receive(signal: OperatorSignal): string | null;
  /** What the EVSEs may draw now; what the building feeds back comes on top, W: it is not drawn from the grid. */
  limits(surplusW: number): readonly Limit[];
  state(): OperatorState;
  /** The same object until it changes. */
  kept(): KeptOperator;
};

/** The limits as they were left: what restricted goes on (R10). */
export const createOperatorLimits = (
  setup: OperatorSetup,
  clock: Clock,
  before: KeptOperator | null,
): OperatorLimits => {
  const guaranteedW = guaranteedPowerW(setup.devices);
  const now = () => ({ at: clock.now(), wallMs: clock.wallMs() });
  let isContactDimmed = before?.isContactDimmed === true;
  let lpc = setup.lpc === null ? null : start(setup.lpc, guaranteedW, before, now());
  let kept: KeptOperator = { isContactDimmed, lpc: lpc === null ? null : keepLpc(lpc, now()) };
  const become = (next: Lpc | null, isDimmed = isContactDimmed): void => {
    const isSame = isDimmed === isContactDimmed && isAsKept(lpc, next);
    [lpc, isContactDimmed] = [next, isDimmed];
    if (!isSame) kept = { isContactDimmed, lpc: lpc === null ? null : keepLpc(lpc, now()) };
  };
  const limitOf = (powerW: number, lease: Limit["lease"] = null): Limit => ({
    circuit: setup.circuit,
    source: "grid-operator",
    scope: "evses",
    limitA: null,
    powerW,
    lease,
  });
  return {
    receive(signal) {
      if (signal.type === "contact") {
        become(lpc, signal.isDimmed);
        return null;
      }
      if (lpc === null) return "the site file does not say that the grid operator uses LPC";
      const received = receiveLpc(lpc, signal, clock.now());
      become(received.lpc);
      return received.refusal;
    },
    limits(surplusW) {
      if (lpc !== null) become(advanceLpc(lpc, clock.now()));
      const lpcW = lpc === null ? null : lpcLimitW(lpc);
      return [
        ...(isContactDimmed ? [limitOf(guaranteedW + surplusW)] : []),
        ...(lpc === null || lpcW === null ? [] : [limitOf(lpcW + surplusW, leaseOf(lpc, surplusW))]),
      ];
    },
    state: () => ({
      lpc: lpc?.state ?? null,
      isContactDimmed,
      powerW: lowest(lpc === null ? null : lpcLimitW(lpc), isContactDimmed ? guaranteedW : null),
    }),
    kept: () => kept,
  };
};

const start = (
  { failsafeW, minimumMs }: NonNullable<OperatorSetup["lpc"]>,
  guaranteedW: number,
  before: KeptOperator | null,
  now: Parameters<typeof startLpc>[2],
): Lpc => startLpc({ powerW: failsafeW ?? guaranteedW, minimumMs }, before?.lpc ?? null, now);

const isAsKept = (a: Lpc | null, b: Lpc | null): boolean =>
  a?.state === b?.state && a?.limit === b?.limit && a?.givenFailsafe === b?.givenFailsafe;

/** While it is renewed by heartbeats a limit is a lease: the lower of it and the failsafe follows (R5). */
const leaseOf = (lpc: Lpc, surplusW: number): Limit["lease"] => {
  const expiresAt = heartbeatDueAt(lpc);
  return expiresAt === null ? null : { expiresAt, afterwards: { limitA: null, powerW: lpcFallbackW(lpc) + surplusW } };
};

const lowest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
