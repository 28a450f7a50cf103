import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  advanceLpc,
  heartbeatDueAt,
  keepLpc,
  lpcLimitW,
  receiveLpc,
  startLpc,
  type Lpc,
} from "#controller/limits/lpc.ts";
import type { OperatorSignal } from "#controller/model/limit.ts";
import { instant } from "#controller/model/time.ts";

type Signal = Exclude<OperatorSignal, { type: "contact" }>;

const S = 1000;
const HOUR = 3600 * S;
const FAILSAFE = { powerW: 4200, minimumMs: 2 * HOUR };
const WALL = 1_800_000_000_000;
const heartbeat: Signal = { type: "heartbeat" };
const limit = (powerW: number, durationMs: number | null = null): Signal => ({
  type: "limit",
  isActive: true,
  powerW,
  durationMs,
});
const release: Signal = { type: "limit", isActive: false, powerW: 0, durationMs: null };

/** A machine and a clock: signals come at times, heartbeats every minute while they are on. */
const machine = (kept: Parameters<typeof startLpc>[1] = null) => {
  let nowMs = 0;
  let lpc: Lpc = startLpc(FAILSAFE, kept, { at: instant(0), wallMs: WALL });
  const pass = (ms: number, isBeating = false): void => {
    for (const endMs = nowMs + ms; nowMs < endMs;) {
      nowMs = Math.min(endMs, nowMs + 10 * S);
      if (isBeating && nowMs % (60 * S) === 0) hear(heartbeat);
      lpc = advanceLpc(lpc, instant(nowMs));
    }
  };
  const hear = (...signals: Signal[]): string | null => {
    let refused: string | null = null;
    for (const signal of signals) {
      const { lpc: next, refusal } = receiveLpc(lpc, signal, instant(nowMs));
      lpc = next;
      refused = refusal;
    }
    return refused;
  };
  return {
    pass,
    hear,
    state: () => lpc.state,
    powerW: () => lpcLimitW(lpc),
    dueMs: () => heartbeatDueAt(lpc),
    kept: () => keepLpc(lpc, { at: instant(nowMs), wallMs: WALL + nowMs }),
  };
};

const controlled = () => {
  const lpc = machine();
  lpc.hear(heartbeat, release);
  return lpc;
};
const failed = () => {
  const lpc = controlled();
  lpc.pass(120 * S);
  return lpc;
};

describe("limitation of power consumption", () => {
  test("starts with the failsafe, and runs by itself when nobody is heard for 120 s (LPC-901, -906)", () => {
    const lpc = machine();
    expect([lpc.state(), lpc.powerW()]).toEqual(["init", 4200]);
    lpc.pass(110 * S);
    expect(lpc.state()).toBe("init");
    lpc.pass(10 * S);
    expect([lpc.state(), lpc.powerW()]).toEqual(["unlimited-autonomous", null]);
  });

  test("is not taken control of by heartbeats alone", () => {
    const lpc = machine();
    lpc.pass(110 * S, true);
    expect(lpc.state()).toBe("init");
    lpc.pass(10 * S, true);
    expect(lpc.state()).toBe("unlimited-autonomous");
  });

  test.each([
    ["init", machine],
    ["unlimited-controlled", controlled],
    ["failsafe", failed],
  ] as const)("is limited and released from %s (LPC-902 to -905, -909, -910)", (state, from) => {
    const lpc = from();
    expect(lpc.state()).toBe(state);
    expect(lpc.hear(heartbeat, limit(9000))).toBeNull();
    expect([lpc.state(), lpc.powerW()]).toEqual(["limited", 9000]);
    expect(lpc.hear(release)).toBeNull();
    expect([lpc.state(), lpc.powerW()]).toEqual(["unlimited-controlled", null]);
  });

  test("is limited and released from unlimited-autonomous (LPC-919, -920)", () => {
    const lpc = machine();
    lpc.pass(120 * S);
    lpc.hear(heartbeat, release);
    expect(lpc.state()).toBe("unlimited-controlled");
    lpc.pass(120 * S);
    lpc.pass(2 * HOUR);
    expect(lpc.state()).toBe("unlimited-autonomous");
    lpc.hear(heartbeat, limit(5000));
    expect(lpc.state()).toBe("limited");
  });

  test("ends a limit with its duration (LPC-908); a duration of nothing releases", () => {
    const lpc = controlled();
    lpc.hear(limit(9000, 300 * S));
    lpc.pass(290 * S, true);
    expect(lpc.powerW()).toBe(9000);
    lpc.pass(10 * S, true);
    expect(lpc.state()).toBe("unlimited-controlled");
    lpc.hear(limit(9000, 0));
    expect(lpc.powerW()).toBeNull();
  });

  test.each([
    ["a lower limit holds on", 3000, 3000],
    ["a higher limit falls to the failsafe", 20_000, 4200],
  ])("falls to the failsafe 120 s after the last heartbeat (LPC-911, -912): %s", (_what, givenW, thenW) => {
    const lpc = controlled();
    lpc.hear(limit(givenW));
    expect(lpc.dueMs()).toBe(120 * S);
    lpc.pass(600 * S, true);
    expect(lpc.dueMs()).toBe(720 * S);
    lpc.pass(110 * S);
    expect([lpc.state(), lpc.powerW()]).toEqual(["limited", givenW]);
    lpc.pass(10 * S);
    expect([lpc.state(), lpc.powerW()]).toEqual(["failsafe", thenW]);
  });

  test("leaves the failsafe after its least duration when nobody returns (LPC-922)", () => {
    const lpc = failed();
    lpc.pass(2 * HOUR - 10 * S);
    expect(lpc.state()).toBe("failsafe");
    lpc.pass(10 * S);
    expect(lpc.state()).toBe("unlimited-autonomous");
  });

  test("leaves the failsafe when heartbeats return but no limit follows within 120 s (LPC-921)", () => {
    const lpc = failed();
    lpc.pass(170 * S, true);
    expect(lpc.state()).toBe("failsafe");
    lpc.pass(10 * S, true);
    expect(lpc.state()).toBe("unlimited-autonomous");
  });

  test("stays in the failsafe when a heartbeat comes once and no more", () => {
    const lpc = failed();
    lpc.hear(heartbeat);
    lpc.pass(600 * S);
    lpc.hear(heartbeat);
    lpc.pass(130 * S);
    expect(lpc.state()).toBe("failsafe");
  });

  test("takes a limit always, a release only from who was heard within the last minute (LPC-913)", () => {
    const lpc = failed();
    expect(lpc.hear(release)).toContain("no heartbeat");
    expect(lpc.state()).toBe("failsafe");
    expect(lpc.hear(limit(1000))).toBeNull();
    expect(lpc.powerW()).toBe(1000);
  });

  test("lets who is in control set the failsafe, for 2 to 24 hours (LPC-021, -022)", () => {
    const setTo = (minimumMs: number): Signal => ({ type: "failsafe", powerW: 6000, minimumMs });
    expect(machine().hear(setTo(3 * HOUR))).toContain("first");
    const lpc = controlled();
    expect(lpc.hear(setTo(1 * HOUR))).toContain("2 to 24 hours");
    expect(lpc.hear(setTo(25 * HOUR))).toContain("2 to 24 hours");
    expect(lpc.hear(setTo(3 * HOUR))).toBeNull();
    expect(machine(lpc.kept()).powerW()).toBe(6000);
    expect(machine(controlled().kept()).powerW()).toBe(4200);
    lpc.pass(120 * S);
    expect(lpc.powerW()).toBe(6000);
    lpc.pass(3 * HOUR - 10 * S);
    expect(lpc.state()).toBe("failsafe");
  });

  test("keeps what bound over a restart, and starts anew where nothing did (R10)", () => {
    const bound = controlled();
    bound.hear(limit(3000, HOUR));
    const again = machine(bound.kept());
    expect([again.state(), again.powerW()]).toEqual(["failsafe", 3000]);
    again.pass(HOUR);
    expect([again.state(), again.powerW()]).toEqual(["failsafe", 4200]);
    expect(machine(controlled().kept()).state()).toBe("init");
    const over = { ...bound.kept(), limit: { powerW: 3000, endsAtWallMs: WALL - 1 } };
    expect(machine(over).state()).toBe("init");
  });

  test("never allows more than it did, or than the failsafe, within the time a heartbeat is waited for", () => {
    const signals = fc.oneof(
      fc.constant(heartbeat),
      fc
        .record({ powerW: fc.nat(50_000), durationMs: fc.option(fc.integer({ min: 120 * S, max: 400 * S })) })
        .map(({ powerW, durationMs }) => limit(powerW, durationMs)),
    );
    const script = fc.array(fc.tuple(signals, fc.integer({ min: 0, max: 110 })), { maxLength: 30 });
    fc.assert(
      fc.property(script, fc.integer({ min: 1, max: 119 }), (steps, lastS) => {
        const lpc = machine();
        for (const [signal, waitS] of steps) {
          lpc.hear(signal);
          lpc.pass(waitS * S);
        }
        lpc.hear(limit(9000));
        expect([lpc.state(), lpc.powerW()]).toEqual(["limited", 9000]);
        lpc.pass(lastS * S);
        expect(lpc.powerW()).not.toBeNull();
        lpc.pass(120 * S);
        expect([lpc.state(), lpc.powerW()]).toEqual(["failsafe", 4200]);
      }),
    );
  });
});
