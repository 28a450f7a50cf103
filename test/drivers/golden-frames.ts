/** A point's registers as its device sends them, and the value they stand for, worked out by hand from the sources of the profile. */
export type GoldenFrame = {
  readonly profile: string;
  readonly point: string;
  readonly rawRegisters: readonly number[];
  readonly value: number | string | null;
};

type Row = readonly [point: string, rawRegisters: readonly number[], value: number | string | null];

const framesOf = (profile: string, rows: readonly Row[]): readonly GoldenFrame[] =>
  rows.map(([point, rawRegisters, value]) => ({ profile, point, rawRegisters, value }));

/** Frames of every way a device of ours writes a number: word orders, widths, floats, masks, letters, missing values. */
export const GOLDEN_FRAMES: readonly GoldenFrame[] = [
  ...framesOf("alfen-eve-ng9xx", [
    ["currentL1", [0x4144, 0x0000], 12.25],
    ["currentL2", [0x7fc0, 0x0000], null],
    ["setpoint", [0x4180, 0x0000], 16],
    ["energy", [0x40fe, 0x2400, 0x0000, 0x0000], 123_456],
    ["state", [0x4332, 0x0000, 0x0000, 0x0000, 0x0000], "C2"],
    ["state", [0x4100, 0x0000, 0x0000, 0x0000, 0x0000], "A"],
  ]),
  ...framesOf("keba-p30", [
    ["currentL1", [0x0000, 0x3e80], 16],
    ["power", [0x00a8, 0x7500], 11_040],
    ["energy", [0x0012, 0xd687], 123_456.7],
    ["failsafeTimeout", [0x0000, 0x001e], 30_000],
    ["failsafeTimeout", [0x0000, 0x0000], 0],
  ]),
  ...framesOf("abb-terra-ac", [
    ["state", [0x0000, 0x0400], 4],
    ["state", [0x0001, 0x8401], 4],
    ["cableState", [0x0000, 0x0111], 273],
    ["activeLimit", [0x0000, 0x2710], 10],
    ["failsafeCurrent", [0x00ff], null],
    ["failsafeCurrent", [0x0006], 6],
  ]),
  ...framesOf("phoenix-charx-sec", [
    ["state", [0x4332], "C2"],
    ["currentL1", [0x0000, 0x1770], 6],
    ["energy", [0x0000, 0x0000, 0x0001, 0x0000], 65_536],
    ["failsafeTimeout", [0xffff], null],
    ["failsafeTimeout", [0x001e], 30_000],
  ]),
  ...framesOf("bender-cc612-cc613", [
    ["currentL3", [0x0000, 0x3e80], 16],
    ["currentL3", [0xffff, 0xffff], null],
  ]),
  ...framesOf("mennekes-amtron-hcc3", [["power", [0x2b20, 0x0000], 11_040]]),
  ...framesOf("mennekes-amtron-compact-2-0s", [
    ["offered", [0x4180, 0x0000], 16],
    ["failsafeCurrent", [0x0000], null],
    ["energy", [0x4144, 0x0000], 12_250],
  ]),
  ...framesOf("heidelberg-energy-control", [
    ["currentL1", [0x00a0], 16],
    ["failsafeTimeout", [0x3a98], 15_000],
    ["apparentEnergy", [0x0001, 0x0000], 65_536],
  ]),
  ...framesOf("schneider-evlink-pro-ac", [
    ["currentL1", [0x0000, 0x4144], 12.25],
    ["power", [0x0000, 0x4138], 11_500],
    ["energy", [0x0002, 0x0001, 0x0000, 0x0000], 65_538],
  ]),
  ...framesOf("eastron-sdm630", [
    ["voltageL1", [0x4366, 0x8000], 230.5],
    ["powerL2", [0xc48f, 0xc000], -1150],
    ["energy", [0x4144, 0x0000], 12_250],
  ]),
  ...framesOf("abb-b23-b24", [
    ["currentL1", [0x0000, 0x04d2], 12.34],
    ["currentL2", [0xffff, 0xffff], null],
    ["power", [0xfffe, 0x3ec8], -1150],
    ["powerL3", [0x7fff, 0xffff], null],
    ["energy", [0x0000, 0x0000, 0x0000, 0x04d2], 12_340],
    ["energy", [0xffff, 0xffff, 0xffff, 0xffff], null],
  ]),
  ...framesOf("carlo-gavazzi-em24-din", [
    ["voltageL1", [0x0901, 0x0000], 230.5],
    ["currentL1", [0x3039, 0x0000], 12.345],
    ["power", [0xd314, 0xffff], -1150],
  ]),
  ...framesOf("siemens-pac2200", [["energy", [0x40a3, 0x8800, 0x0000, 0x0000], 2500]]),
  ...framesOf("shelly-pro-3em-modbus", [["currentL1", [0x0000, 0x4144], 12.25]]),
  ...framesOf("huawei-sun2000", [
    ["pvPower", [0x0000, 0x2ee0], 12_000],
    ["batterySoc", [0x02d7], 72.7],
    ["batteryPower", [0xffff, 0xf63c], -2500],
    ["batteryPower", [0x7fff, 0xffff], null],
  ]),
  ...framesOf("sma-storage-pv", [
    ["pvPower1", [0x0000, 0x1388], 5000],
    ["pvPower1", [0x8000, 0x0000], 0],
    ["batteryDischarge", [0x0000, 0x09c4], 2500],
    ["batteryDischarge", [0xffff, 0xffff], 0],
    ["batterySoc", [0xffff, 0xffff], null],
    ["batterySoc", [0x0000, 0x0049], 73],
  ]),
  ...framesOf("victron-gx-system", [
    ["pvOutputL1", [0x9c40], 40_000],
    ["batteryPower", [0xf63c], -2500],
    ["batterySoc", [0x0049], 73],
  ]),
];
