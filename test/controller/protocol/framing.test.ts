import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeLine, LineReader } from "#controller/protocol/framing.ts";

describe("a line reader", () => {
  it("finds the same messages however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 40 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 30 })),
        (texts, cuts) => {
          const stream = Buffer.concat(texts.map(encodeLine));
          const reader = new LineReader(1000);
          const lines: string[] = [];
          let at = 0;
          for (const size of [...cuts, stream.length]) {
            lines.push(...(reader.read(stream.subarray(at, at + size)) ?? []));
            at += size;
          }
          expect(lines.map((line): unknown => JSON.parse(line))).toEqual(texts);
        },
      ),
    );
  });

  it("refuses a line longer than allowed, finished or not", () => {
    expect(new LineReader(10).read(Buffer.from(`${"x".repeat(11)}\n`))).toBeNull();
    const reader = new LineReader(10);
    expect(reader.read(Buffer.from("12345678"))).toEqual([]);
    expect(reader.read(Buffer.from("901"))).toBeNull();
  });

  it("accepts a line of exactly the length allowed", () => {
    expect(new LineReader(10).read(Buffer.from("0123456789\n"))).toEqual(["0123456789"]);
  });
});
