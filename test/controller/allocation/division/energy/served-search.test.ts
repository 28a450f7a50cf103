import { describe, expect, test } from "vitest";
import { improve } from "#controller/allocation/division/energy/served-search.ts";

/** A world in which each choice of who is served, written like "110", is worth what the table says, and others do not fit. */
const search = (start: string, worths: Readonly<Record<string, number>>, fixed: readonly number[] = []) => {
  const served = (choice: string) => choice.split("").map((each) => each === "1");
  const tried: string[] = [];
  const outcome = improve<string>({
    chosen: { spending: start, worth: worths[start] ?? 0 },
    isServed: served(start),
    mayChange: served(start).map((_, i) => !fixed.includes(i)),
    compete: (a, b) => a !== 2 && b !== 2,
    serve: (next) => {
      const choice = next.map(Number).join("");
      tried.push(choice);
      const worth = worths[choice];
      return worth === undefined ? null : { spending: choice, worth };
    },
  });
  return { ...outcome, tried };
};

describe("the search for who is served", () => {
  test("tries one more, one less, one in the place of another that competes with it, two more, and two in the place of one", () => {
    expect(search("100", { "100": 5 }).tried).toEqual(["110", "101", "000", "010", "111"]);
    expect(search("1000", { "1000": 5 }, [2]).tried).toEqual(["1100", "1001", "0000", "0100", "0001", "1101", "0101"]);
  });

  test("takes one more, one less or another where that brings more", () => {
    expect(search("100", { "100": 5, "110": 6 }).spending).toBe("110");
    expect(search("110", { "110": 5, "010": 6 }).spending).toBe("010");
    expect(search("100", { "100": 5, "010": 6 })).toMatchObject({ spending: "010", worth: 6 });
  });

  test("goes on from what it found", () => {
    expect(search("100", { "100": 5, "010": 6, "011": 7, "111": 7.5 }).spending).toBe("111");
  });

  test("never ends with less than it began with, nor changes for nothing", () => {
    expect(search("100", { "100": 5, "110": 4, "010": 5, "000": 5 + 1e-9 })).toMatchObject({
      spending: "100",
      worth: 5,
    });
    expect(search("100", { "100": 5, "110": 5 + 1e-7 }).spending).toBe("110");
  });

  test("leaves those alone that must not change, served or not", () => {
    expect(search("100", { "100": 5, "000": 9, "010": 9 }, [0]).spending).toBe("100");
    expect(search("100", { "100": 5 }, [0]).tried).toEqual(["110", "101", "111"]);
    expect(search("100", { "100": 5 }, [1]).tried).toEqual(["101", "000"]);
  });

  test.each([
    [1, 60],
    [5, 300],
    [20, 1000],
    [200, 10],
    [1000, 0],
  ])("for %i bids ends after %i trials, even where each brings more", (bids, trials) => {
    let calls = 0;
    const outcome = improve({
      chosen: { spending: 0, worth: 1 },
      isServed: Array.from({ length: bids }, () => false),
      mayChange: Array.from({ length: bids }, () => true),
      compete: () => true,
      serve: () => ({ spending: ++calls, worth: 1 + calls }),
    });
    expect(calls).toBe(trials);
    expect(outcome.spending).toBe(trials);
  });

  test("has nothing to do where nobody asks", () => {
    expect(search("", { "": 3 })).toMatchObject({ spending: "", worth: 3, tried: [] });
  });
});
