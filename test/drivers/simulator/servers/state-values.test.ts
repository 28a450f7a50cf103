import { describe, expect, it } from "vitest";
import { loadProfiles } from "#drivers/profiles/load.ts";
import type { StationProfile } from "#drivers/profiles/schema.ts";
import { stateTable } from "#drivers/simulator/servers/state-values.ts";

const profiles = [...loadProfiles().stations.values()];

/** The first rule that holds, spelled out apart from the code under test. */
const stateSaid = (profile: StationProfile, values: ReadonlyMap<string, unknown>): string | undefined => {
  for (const rule of profile.reading.state) {
    const conditions = Object.entries(rule.when ?? {});
    const holding = conditions.filter(([point, wanted]) => wanted.some((value) => value === values.get(point)));
    if (holding.length === conditions.length) return rule.is;
  }
  return undefined;
};

describe.each(profiles.map((profile) => [profile.id, profile] as const))("the states of %s", (_, profile) => {
  it.each(["A", "B", "C"] as const)("can show state %s", (state) => {
    const values = stateTable(profile).get(state);
    expect(values).toBeDefined();
    expect(stateSaid(profile, values ?? new Map())).toBe(state);
  });
});
