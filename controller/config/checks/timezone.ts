import type { Draft } from "../draft.ts";
import { nearest } from "../inspect/nearest.ts";
import { type Finding, wrong } from "../problem.ts";

const isKnown = (timezone: string): boolean => {
  if (!/^[A-Za-z]/.test(timezone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: timezone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

/** Whether the time zone exists. */
export const checkTimezone = ({ timezone }: Draft): readonly Finding[] => {
  if (timezone === null || isKnown(timezone)) return [];
  const near = nearest(timezone, Intl.supportedValuesOf("timeZone"));
  return [
    wrong(
      ["site", "timezone"],
      `there is no time zone "${timezone}"`,
      near === null ? "write an IANA name such as Europe/Berlin" : `did you mean "${near}"?`,
    ),
  ];
};
