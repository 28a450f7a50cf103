import fc from "fast-check";
import { expect, test } from "vitest";
import { createModbusChannel } from "#drivers/channels/modbus-channel.ts";
import { createProfileMeter } from "#drivers/profile-meter.ts";
import { loadProfiles } from "#drivers/profiles/load.ts";
import type { ModbusPoint } from "#drivers/profiles/schema.ts";
import { encodePoint } from "#drivers/decode.ts";
import { createManualClock } from "#test/support/manual-clock.ts";
import { createMemoryDevice } from "#test/support/memory-modbus-port.ts";

const { meters } = loadProfiles();
const TRUE_A = 10;

/** A meter in memory that shows {@link TRUE_A} on every phase, and how to write over the registers of a phase. */
const openMeter = (id: string) => {
  const profile = meters.get(id);
  if (profile === undefined) throw new Error(`no profile ${id}`);
  const entries = Object.entries(profile.points);
  const points = new Map(entries.filter((entry): entry is [string, ModbusPoint] => "table" in entry[1]));
  const currents = profile.reading.currentA.map((name) => points.get(name) as ModbusPoint);
  const device = createMemoryDevice({});
  const put = ({ table, address }: ModbusPoint, registers: readonly number[]): void =>
    registers.forEach((register, i) => device.registers.set(`1 ${table} ${address + i}`, register));
  const mend = (): void => currents.forEach((point) => put(point, encodePoint(point, TRUE_A)));
  mend();
  const channel = createModbusChannel({
    subject: id,
    points,
    habits: profile.modbus ?? { maxRegisters: 125, maxGap: 0 },
    evses: [1],
    unitId: 1,
    port: device.port,
    clock: createManualClock(),
  });
  const spoil = (phase: number, registers: readonly number[]): void => {
    const point = currents[phase] as ModbusPoint;
    put(point, point.words === "lsw-first" ? registers.toReversed() : registers);
  };
  return { spoil, mend, meter: createProfileMeter({ meter: id, profile, channel }) };
};

const word = fc.integer({ min: 0, max: 0xffff });
/** Not-a-number with any payload, the infinities, and floats beyond any conductor. */
const badFloat = fc.oneof(
  fc.tuple(fc.integer({ min: 0x7f81, max: 0x7fff }), word),
  fc.tuple(fc.integer({ min: 0xff81, max: 0xffff }), word),
  fc.constantFrom([0x7f80, 0], [0xff80, 0], [0x7fff, 0x7fff], [0xffff, 0xffff]),
  fc.tuple(fc.integer({ min: 0x4640, max: 0x7f7f }), word),
);
/** What meters of whole numbers send for a value that they do not have. */
const badInteger = fc.constantFrom([0x7fff, 0xffff], [0x7fff, 0x7fff], [0x7fff, 0]);

test.each([
  ["janitza-umg604", badFloat],
  ["eastron-sdm630", badFloat],
  ["siemens-pac2200", badFloat],
  ["abb-b23-b24", fc.oneof(badInteger, fc.constant([0xffff, 0xffff]))],
  ["carlo-gavazzi-em24-din", badInteger],
])("no bad value of a %s is ever used: the phase is missing or the sample is refused (row 3)", async (id, bad) => {
  const { spoil, mend, meter } = openMeter(id);
  expect(await meter.poll()).toMatchObject({ ok: true, value: { currentA: [TRUE_A, TRUE_A, TRUE_A] } });
  await fc.assert(
    fc.asyncProperty(bad, fc.constantFrom(0, 1, 2), async (registers, phase) => {
      spoil(phase, registers);
      const result = await meter.poll();
      mend();
      return !result.ok || result.value.currentA[phase] === null;
    }),
    { numRuns: 2000 },
  );
});
