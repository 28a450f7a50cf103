import Type from "typebox";
import { Compile } from "typebox/compile";
import type { OperatorSignal } from "../../model/limit.ts";

const LimitMessage = Type.Object(
  {
    isActive: Type.Optional(Type.Boolean()),
    powerW: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
    durationS: Type.Optional(Type.Number({ minimum: 0, maximum: 31 * 24 * 3600 })),
  },
  { additionalProperties: false },
);

const check = Compile(LimitMessage);

/** A limit of the grid operator from its topic, `{"powerW": 4200, "durationS": 3600}` or `{"isActive": false}`; null: neither. */
export const parseLimitMessage = (payload: string): Extract<OperatorSignal, { type: "limit" }> | null => {
  const value = parseJson(payload);
  if (!check.Check(value)) return null;
  const { isActive = true, powerW, durationS } = value;
  if (isActive && powerW === undefined) return null;
  const durationMs = durationS === undefined ? null : durationS * 1000;
  return { type: "limit", isActive, powerW: powerW ?? 0, durationMs };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
