import { beforeEach, describe, expect, test } from "vitest";
import { Contact } from "#controller/loop/contact.ts";
import { fault } from "#controller/model/fault.ts";
import { failed, ok } from "#controller/model/result.ts";
import { instant } from "#controller/model/time.ts";
import { evse, SITE } from "#test/controller/support/one-station.ts";

const SILENCE = failed(fault("timeout", "bay", ""));
const REFUSAL = failed(fault("refused", "bay", ""));
/** 1.2 watchdogs, 2 s and its reaction. */
const FALLBACK_MS = 12_000 + 2000 + 5000;

let contact: Contact;
let nowMs = 0;
const now = () => instant(nowMs);
const seen = () => contact.freeze(now());
const after = (ms: number) => {
  nowMs += ms;
  return seen();
};

const poll = (result: Parameters<Contact["endPoll"]>[1], tookMs = 0): void => {
  contact.beginPoll(now());
  nowMs += tookMs;
  contact.endPoll(now(), result, true);
};
const write = (result: Parameters<Contact["endWrite"]>[2], currentA = 0): void => {
  contact.beginWrite(now(), evse, currentA);
  contact.endWrite(now(), evse, result);
};

beforeEach(() => {
  const [station] = SITE.stations;
  if (station === undefined) throw new Error("a station");
  contact = new Contact(SITE, station);
  nowMs = 0;
  poll(ok([]));
});

/** Polls once a second that fail until it is left in peace. */
const fallSilent = (): void => {
  for (let second = 0; second < 6; second += 1) {
    nowMs += 1000;
    poll(SILENCE);
  }
};

describe("a station", () => {
  test("is silent three seconds after its last answer when its polls fail", () => {
    nowMs += 1000;
    poll(SILENCE);
    expect(after(2000).isReachable).toBe(true);
    expect(after(1).isReachable).toBe(false);
  });

  test("is not silent while a poll waits for its turn, for up to 15 s", () => {
    contact.beginPoll(now());
    expect(after(15_000).isReachable).toBe(true);
    expect(after(1).isReachable).toBe(false);
  });

  test("that answers once a round of 6 s is silent when it has not for two and a half rounds", () => {
    poll(ok([]), 6000);
    poll(ok([]), 6000);
    poll(SILENCE, 6000);
    expect(seen().isReachable).toBe(true);
    expect(after(9000).isReachable).toBe(true);
    expect(after(1).isReachable).toBe(false);
  });
});

describe("a station left in peace", () => {
  test("has not fallen back while a request is under way", () => {
    fallSilent();
    contact.beginPoll(now());
    expect(after(FALLBACK_MS + 1)).toMatchObject({ hasFallenBack: false, traffic: "none" });
  });

  test("has fallen back when nothing was sent for its watchdog time and more, not before", () => {
    fallSilent();
    expect(after(FALLBACK_MS)).toMatchObject({ hasFallenBack: false, traffic: "none" });
    expect(after(1)).toMatchObject({ hasFallenBack: true, traffic: "probe" });
  });

  test("goes on counting as fallen back when a write that lowers is lost, and is asked again half a minute later", () => {
    fallSilent();
    nowMs += FALLBACK_MS + 1;
    write(SILENCE);
    expect(after(30_000)).toMatchObject({ hasFallenBack: true, traffic: "none" });
    expect(after(1)).toMatchObject({ hasFallenBack: true, traffic: "probe" });
  });

  test("earns one poll by acknowledging", () => {
    fallSilent();
    nowMs += FALLBACK_MS + 1;
    write(ok(null));
    expect(seen()).toMatchObject({ hasFallenBack: true, traffic: "all" });
    poll(SILENCE);
    expect(seen()).toMatchObject({ hasFallenBack: true, traffic: "none" });
  });

  test("may be back at its old setpoint when it refuses, or was told more, or was polled first", () => {
    const sends = [() => write(REFUSAL), () => write(SILENCE, 10), () => poll(SILENCE)];
    for (const send of sends) {
      fallSilent();
      nowMs += FALLBACK_MS + 1;
      expect(seen().hasFallenBack).toBe(true);
      send();
      expect(seen().hasFallenBack).toBe(false);
      poll(ok([]));
    }
  });

  test("without a proven failsafe is polled as before", () => {
    contact.beginPoll(now());
    contact.endPoll(now(), ok([]), false);
    fallSilent();
    expect(after(10 * FALLBACK_MS)).toMatchObject({ hasFallenBack: false, traffic: "all" });
  });
});

test("a loop that stood still lowers a station that may have fallen back before it polls it", () => {
  expect(after(FALLBACK_MS + 1)).toMatchObject({ hasFallenBack: true, traffic: "probe" });
  expect(contact.mayPoll(now())).toBe(false);
});
