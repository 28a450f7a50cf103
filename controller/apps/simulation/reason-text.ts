import type { WhyNotMore } from "#drivers/simulator/tally/session.ts";

/** A reason in words. */
export const reasonText = (why: WhyNotMore): string => {
  switch (why.code) {
    case "circuit-limit":
      return `${why.circuit} has no more room on ${why.phase}`;
    case "waiting-turn":
      return `waits its turn: ${why.circuit} has no room for another vehicle on ${why.phase}`;
    case "waiting-others":
      return `waits until others have gone down on ${why.phase} of ${why.circuit}`;
    case "meter-old":
      return `the meter of ${why.circuit} is old`;
    default:
      return PLAIN_TEXT[why.code];
  }
};

const PLAIN_TEXT: Readonly<Record<Exclude<WhyNotMore, { readonly circuit: string }>["code"], string>> = {
  satisfied: "has all it wanted",
  "own-maximum": "takes all its vehicle can",
  "no-vehicle": "has just been plugged in",
  "full-current": "takes all its station can give",
  "uses-less": "its vehicle takes less than it is given",
  ramping: "rises step by step",
  silent: "its station does not answer",
  disobeys: "draws more than it was told",
  "station-fault": "its station reports a fault",
  "emergency-stop": "emergency stop",
  starting: "starts with the least current",
};
