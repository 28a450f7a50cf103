import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePoint, encodePoint, registerCount } from "#drivers/decode.ts";
import type { ModbusPoint } from "#drivers/profiles/schema.ts";

const point = (rest: Partial<ModbusPoint>): ModbusPoint => ({ table: "holding", address: 0, type: "uint16", ...rest });
const word = fc.integer({ min: 0, max: 0xffff });
const words = (count: number): fc.Arbitrary<number[]> => fc.array(word, { minLength: count, maxLength: count });
const wordOrder = fc.constantFrom<ModbusPoint["words"]>("msw-first", "lsw-first");

describe("decodePoint", () => {
  it.each([
    ["uint16", [0xfffe], 65_534],
    ["int16", [0xfffe], -2],
    ["uint32", [0x0001, 0x0002], 65_538],
    ["int32", [0xffff, 0xfffe], -2],
    ["uint64", [0, 0, 1, 0], 65_536],
    ["int64", [0xffff, 0xffff, 0xffff, 0xfffd], -3],
    ["float32", [0x41c8, 0x0000], 25],
    ["float64", [0x4039, 0, 0, 0], 25],
    ["bool", [2], 1],
  ] as const)("reads %s", (type, registers, value) => {
    expect(decodePoint(point({ type }), registers)).toBe(value);
  });

  it("reads the low word first where the device sends it so", () => {
    expect(decodePoint(point({ type: "uint32", words: "lsw-first" }), [2, 1])).toBe(65_538);
  });

  it("takes a field out of a word by mask and shift", () => {
    const field = point({ type: "uint32", mask: 0x7f00, shift: 8 });
    expect(decodePoint(field, [0xffff, 0x85aa])).toBe(5);
  });

  it("keeps the highest bit of a 32-bit mask", () => {
    expect(decodePoint(point({ type: "uint32", mask: 0x8000_0000, shift: 31 }), [0x8000, 0])).toBe(1);
  });

  it("scales without the noise of binary fractions", () => {
    expect(decodePoint(point({ scale: 0.1 }), [3])).toBe(0.3);
    expect(decodePoint(point({ scale: 0.1, offset: -5 }), [63])).toBe(1.3);
  });

  it.each([
    [point({ missing: [0xffff] }), [0xffff]],
    [point({ type: "int16", missing: [-32_768] }), [0x8000]],
    [point({ type: "float32" }), [0x7fc0, 0]],
    [point({ type: "float64" }), [0x7ff0, 0, 0, 0]],
    [point({ type: "uint32" }), [1]],
  ])("gives null for what is missing", (missing, registers) => {
    expect(decodePoint(missing, registers)).toBeNull();
  });

  it("reads text up to its padding", () => {
    const text = point({ type: "string", length: 4 });
    expect(decodePoint(text, [0x4332, 0x2000, 0xffff, 0])).toBe("C2");
  });

  it("reads a coil as 0 or 1", () => {
    expect(decodePoint(point({ table: "coil", type: "bool" }), [1])).toBe(1);
  });
});

describe("encodePoint", () => {
  it("rounds to the nearest raw integer", () => {
    expect(encodePoint(point({ scale: 0.1 }), 5.96)).toEqual([60]);
    expect(encodePoint(point({ scale: 1000 }), 29_600)).toEqual([30]);
  });

  it("never wraps: a value that does not fit becomes the nearest one that does", () => {
    expect(encodePoint(point({}), 70_000)).toEqual([0xffff]);
    expect(encodePoint(point({}), -1)).toEqual([0]);
    expect(encodePoint(point({ type: "int16" }), -40_000)).toEqual([0x8000]);
    expect(encodePoint(point({ mask: 0xf0, shift: 4 }), 99)).toEqual([0xf0]);
    expect(encodePoint(point({ type: "uint64" }), 1e30)).toEqual([0xffff, 0xffff, 0xffff, 0xffff]);
  });

  it("writes what is missing the way the device does", () => {
    expect(encodePoint(point({ missing: [0xfffe] }), NaN)).toEqual([0xfffe]);
    expect(decodePoint(point({ type: "float32" }), encodePoint(point({ type: "float32" }), NaN))).toBeNull();
  });

  it("turns yes and no into bits", () => {
    expect(encodePoint(point({ table: "coil", type: "bool" }), true)).toEqual([1]);
    expect(encodePoint(point({ type: "bool", mask: 4 }), true)).toEqual([4]);
  });

  it.each(["uint16", "int16", "uint32", "int32"] as const)("gives back every register of %s", (type) => {
    const scale = fc.constantFrom(undefined, 0.001, 0.1, 10, 256);
    fc.assert(
      fc.property(words(2), wordOrder, scale, fc.constantFrom(undefined, -40, 7), (raw, order, factor, offset) => {
        const one = point({
          type,
          ...(order === undefined ? {} : { words: order }),
          ...(factor === undefined ? {} : { scale: factor }),
          ...(offset === undefined ? {} : { offset }),
        });
        const registers = raw.slice(0, registerCount(one));
        expect(encodePoint(one, decodePoint(one, registers) ?? NaN)).toEqual(registers);
      }),
    );
  });

  it.each(["uint64", "int64"] as const)("gives back every safe integer of %s", (type) => {
    const safe = fc.integer({ min: type === "uint64" ? 0 : Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(safe, wordOrder, (value, order) => {
        const one = point({ type, ...(order === undefined ? {} : { words: order }) });
        expect(decodePoint(one, encodePoint(one, value))).toBe(value);
      }),
    );
  });

  it.each(["float32", "float64"] as const)("gives back every number of %s", (type) => {
    const number = type === "float32" ? fc.float({ noNaN: true }) : fc.double({ noNaN: true });
    fc.assert(
      fc.property(number, wordOrder, (value, order) => {
        fc.pre(Number.isFinite(value));
        const one = point({ type, ...(order === undefined ? {} : { words: order }) });
        expect(decodePoint(one, encodePoint(one, value)) === value).toBe(true);
      }),
    );
  });

  it("gives back text", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{0,8}$/), (text) => {
        const one = point({ type: "string", length: 4 });
        expect(decodePoint(one, encodePoint(one, text))).toBe(text);
      }),
    );
  });
});
