import { describe, expect, it } from "vitest";
import { nearest } from "#controller/config/inspect/nearest.ts";

describe("the nearest word", () => {
  it.each([
    ["limtA", "limitA"],
    ["gird", "grid"],
    ["LIMITA", "limitA"],
    ["meters", "meter"],
  ])("of %s is %s", (word, expected) => {
    expect(nearest(word, ["limitA", "grid", "meter", "circuit"])).toBe(expected);
  });

  it("is none when nothing is near", () => {
    expect(nearest("owner", ["limitA", "grid", "meter"])).toBeNull();
  });

  it("is not looked for in very long words", () => {
    expect(nearest("a".repeat(65), ["a".repeat(65)])).toBeNull();
  });
});
