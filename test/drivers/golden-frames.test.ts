import { expect, test } from "vitest";

import { decodePoint } from "#drivers/decode.ts";
import { loadProfiles } from "#drivers/profiles/load.ts";
import type { ModbusPoint } from "#drivers/profiles/schema.ts";

import { GOLDEN_FRAMES } from "./golden-frames.ts";

const { stations, meters, inverters } = loadProfiles();

const modbusPoint = (profile: string, name: string): ModbusPoint => {
  const point = (stations.get(profile) ?? meters.get(profile) ?? inverters.get(profile))?.points[name];
  if (point === undefined || !("table" in point)) throw new Error(`${profile} has no Modbus point ${name}`);
  return point;
};

test.each(GOLDEN_FRAMES)(
  "$profile: $rawRegisters in $point stands for $value",
  ({ profile, point, rawRegisters, value }) => {
    expect(decodePoint(modbusPoint(profile, point), rawRegisters)).toBe(value);
  },
);
