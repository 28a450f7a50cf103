import type { ModbusPoint } from "./profiles/schema.ts";

/** The value of a point in its canonical unit (bool: 0 or 1), text, or null: not available. */
export type PointValue = number | string | null;

type NumericType = Exclude<ModbusPoint["type"], "string">;
type Raw = number | bigint;

type Codec = {
  readonly words: number;
  readonly min: Raw;
  readonly max: Raw;
  get(view: DataView): Raw;
  set(view: DataView, raw: Raw): void;
};

const WORDS: Readonly<Record<NumericType, number>> = {
  bool: 1,
  uint16: 1,
  int16: 1,
  uint32: 2,
  int32: 2,
  uint64: 4,
  int64: 4,
  float32: 2,
  float64: 4,
};

const UINT16: Codec = {
  words: 1,
  min: 0,
  max: 0xffff,
  get: (view) => view.getUint16(0),
  set: (view, raw) => view.setUint16(0, Number(raw)),
};

const CODECS: Readonly<Record<NumericType, Codec>> = {
  bool: UINT16,
  uint16: UINT16,
  int16: {
    words: 1,
    min: -0x8000,
    max: 0x7fff,
    get: (view) => view.getInt16(0),
    set: (view, raw) => view.setInt16(0, Number(raw)),
  },
  uint32: {
    words: 2,
    min: 0,
    max: 0xffff_ffff,
    get: (view) => view.getUint32(0),
    set: (view, raw) => view.setUint32(0, Number(raw)),
  },
  int32: {
    words: 2,
    min: -0x8000_0000,
    max: 0x7fff_ffff,
    get: (view) => view.getInt32(0),
    set: (view, raw) => view.setInt32(0, Number(raw)),
  },
  uint64: {
    words: 4,
    min: 0n,
    max: 0xffff_ffff_ffff_ffffn,
    get: (view) => view.getBigUint64(0),
    set: (view, raw) => view.setBigUint64(0, BigInt(raw)),
  },
  int64: {
    words: 4,
    min: -0x8000_0000_0000_0000n,
    max: 0x7fff_ffff_ffff_ffffn,
    get: (view) => view.getBigInt64(0),
    set: (view, raw) => view.setBigInt64(0, BigInt(raw)),
  },
  float32: {
    words: 2,
    min: -Infinity,
    max: Infinity,
    get: (view) => view.getFloat32(0),
    set: (view, raw) => view.setFloat32(0, Number(raw)),
  },
  float64: {
    words: 4,
    min: -Infinity,
    max: Infinity,
    get: (view) => view.getFloat64(0),
    set: (view, raw) => view.setFloat64(0, Number(raw)),
  },
};

const isBit = (point: ModbusPoint): boolean => point.table === "coil" || point.table === "discrete";
const isFloat = (type: NumericType): boolean => type === "float32" || type === "float64";

/** How many registers (bits, in the tables of bits) a point takes. */
export const registerCount = (point: ModbusPoint): number => {
  if (isBit(point)) return 1;
  return point.type === "string" ? (point.length ?? 1) : WORDS[point.type];
};

/** A point from its registers (or bits, 0 or 1), in its canonical unit; null: missing without a meaning, NaN, or too few registers. */
export const decodePoint = (point: ModbusPoint, registers: readonly number[]): PointValue => {
  if (registers.length < registerCount(point)) return null;
  if (point.type === "string") return decodeText(point, registers);
  if (isBit(point)) return registers[0] === 0 ? 0 : 1;
  const raw = CODECS[point.type].get(viewOf(point, registers));
  if (isMissing(point, raw)) return point.missingMeans ?? null;
  const field = fieldOf(point, raw);
  if (point.type === "bool") return field === 0 ? 0 : 1;
  return toCanonical(point, field);
};

/**
 * The registers (or bit) that hold a value: the raw integer nearest to it, and where it does not fit the nearest
 * that does. NaN becomes the point's first "missing" value, or NaN in a float.
 */
export const encodePoint = (point: ModbusPoint, value: number | string | boolean): number[] => {
  if (point.type === "string") return encodeText(point, String(value));
  const canonical = Number(value);
  if (isBit(point)) return [canonical === 0 ? 0 : 1];
  if (point.type === "bool") return [canonical === 0 ? 0 : (point.mask ?? 1) & 0xffff];
  const codec = CODECS[point.type];
  const view = new DataView(new ArrayBuffer(2 * codec.words));
  codec.set(view, toRaw(point, point.type, canonical));
  return inWordOrder(
    point,
    Array.from({ length: codec.words }, (_, i) => view.getUint16(2 * i)),
  );
};

const isMissing = ({ missing }: ModbusPoint, raw: Raw): boolean =>
  !Number.isFinite(Number(raw)) || missing?.includes(Number(raw)) === true;

const inWordOrder = (point: ModbusPoint, words: number[]): number[] =>
  point.words === "lsw-first" ? words.toReversed() : words;

const viewOf = (point: ModbusPoint, registers: readonly number[]): DataView => {
  const words = inWordOrder(point, registers.slice(0, registerCount(point)));
  const view = new DataView(new ArrayBuffer(2 * words.length));
  words.forEach((word, i) => view.setUint16(2 * i, word));
  return view;
};

const fieldOf = (point: ModbusPoint, raw: Raw): number => {
  if (point.mask === undefined && point.shift === undefined) return Number(raw);
  const bits = typeof raw === "bigint" ? raw : BigInt(Math.trunc(raw));
  const masked = point.mask === undefined ? bits : bits & BigInt(point.mask);
  return Number(masked >> BigInt(point.shift ?? 0));
};

/** Fifteen digits: a double holds no more, and 3 × 0.1 is 0.3. */
const toCanonical = (point: ModbusPoint, field: number): number => {
  if (point.scale === undefined && point.offset === undefined) return field;
  return Number((field * (point.scale ?? 1) + (point.offset ?? 0)).toPrecision(15));
};

const toRaw = (point: ModbusPoint, type: NumericType, canonical: number): Raw => {
  const field = (canonical - (point.offset ?? 0)) / (point.scale ?? 1);
  if (isFloat(type)) return field;
  return exact(type, Number.isNaN(field) ? (point.missing?.[0] ?? 0) : shifted(point, Math.round(field)));
};

const shifted = (point: ModbusPoint, field: number): number => {
  const weight = 2 ** (point.shift ?? 0);
  if (point.mask === undefined) return field * weight;
  return Math.min(Math.max(field, 0), Math.floor(point.mask / weight)) * weight;
};

const exact = (type: NumericType, raw: number): Raw => {
  const { min, max } = CODECS[type];
  if (raw < min) return min;
  if (raw > max) return max;
  return typeof min === "bigint" ? BigInt(raw) : raw;
};

const decodeText = (point: ModbusPoint, registers: readonly number[]): string => {
  const bytes = registers.slice(0, registerCount(point)).flatMap((word) => [word >> 8, word & 0xff]);
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.slice(0, end < 0 ? bytes.length : end)).trim();
};

const encodeText = (point: ModbusPoint, text: string): number[] =>
  Array.from({ length: registerCount(point) }, (_, i) => (byteAt(text, 2 * i) << 8) | byteAt(text, 2 * i + 1));

const byteAt = (text: string, index: number): number => (index < text.length ? text.charCodeAt(index) & 0xff : 0);
