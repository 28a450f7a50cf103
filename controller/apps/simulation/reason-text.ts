import type { WhyNotMore } from "#drivers/simulator/tally/session.ts";
import type { Phase } from "../../model/phase.ts";

/** A reason in words. */
export const reasonText = (why: WhyNotMore): string => {
  switch (why.code) {
    case "circuit-limit":
      return `${why.circuit} has no more room ${rowText(why.phase)}`;
    case "waiting-turn":
      return `waits its turn: ${why.circuit} has no room for another vehicle ${rowText(why.phase)}`;
    case "waiting-others":
      return `waits until others have gone down: ${why.circuit} is taken ${rowText(why.phase)}`;
    case "phase-balance":
      return `keeps the phases of ${why.circuit} balanced: less ${rowText(why.phase)}`;
    case "meter-old":
      return `the meter of ${why.circuit} is old`;
    default:
      return PLAIN_TEXT[why.code];
  }
};

const rowText = (phase: Phase | null): string => (phase === null ? "in its power" : `on ${phase}`);

const PLAIN_TEXT: Readonly<Record<Exclude<WhyNotMore, { readonly circuit: string }>["code"], string>> = {
  satisfied: "has all it wanted",
  "own-maximum": "takes all its vehicle can",
  "no-vehicle": "has just been plugged in",
  "full-current": "takes all its station can give",
  "uses-less": "its vehicle takes less than it is given",
  surplus: "takes what the sun leaves",
  price: "waits for a lower price",
  ramping: "rises step by step",
  silent: "its station does not answer",
  disobeys: "draws more than it was told",
  "station-fault": "its station reports a fault",
  "emergency-stop": "emergency stop",
  starting: "starts with the least current",
};
