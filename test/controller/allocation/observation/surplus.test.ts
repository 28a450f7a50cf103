import { describe, expect, it } from "vitest";
import { EMPTY_MEMORY, type SurplusMemory } from "#controller/allocation/memory.ts";
import { NO_SURPLUS, surplusOf } from "#controller/allocation/observation/surplus.ts";
import { instant } from "#controller/model/time.ts";

const span = (sinceS: number, untilS: number, leastW: number, mostW = leastW) => ({
  since: instant(sinceS * 1000),
  until: instant(untilS * 1000),
  leastW,
  mostW,
});

const memory = (atS: number, spans: SurplusMemory["spans"]): SurplusMemory => ({
  at: instant(atS * 1000),
  smoothedW: spans.at(-1)?.leastW ?? null,
  spans,
});

describe("the surplus", () => {
  it("is unknown before anything was measured", () => {
    expect(surplusOf(EMPTY_MEMORY.surplus)).toEqual(NO_SURPLUS);
  });

  it("has not lasted before two minutes have been seen", () => {
    expect(surplusOf(memory(110, [span(0, 110, 5000)]))).toEqual({ nowW: 5000, lastedW: -Infinity, bestW: 5000 });
    expect(surplusOf(memory(120, [span(0, 120, 5000)])).lastedW).toBe(5000);
  });

  it("has lasted as its least of two minutes, and was at best the most of all that is remembered", () => {
    const spans = [span(0, 50, 1000, 9000), span(50, 150, 4000, 6000), span(150, 200, 5000, 5500)];
    expect(surplusOf(memory(200, spans))).toEqual({ nowW: 5000, lastedW: 4000, bestW: 9000 });
  });
});
