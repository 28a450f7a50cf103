import { performance } from "node:perf_hooks";
import { createClock } from "#controller/apps/clocks.ts";
import { createModbusPool } from "#drivers/transports/modbus.ts";
import { openBareModbus } from "./bare-modbus.ts";
import { openDevices } from "./device-process.ts";
import { percentile } from "./percentile.ts";

const REGISTERS = 20;
const ADDRESS = 100;
const BLOCKS = 10;
const SWEEPS_A_BLOCK = 10;
const WARM_UP = 10;

/** Times a read of 20 registers and a write of one on every station at once, beside bare sockets against the same devices. */
export const benchSweep = async (): Promise<void> => {
  for (const count of [200, 1000]) {
    const devices = await openDevices(count, { first: {}, mirrors: {} });
    const ours = openOurs(devices.ports);
    const bare = await openBare(devices.ports);
    try {
      await compare(count, ours, bare);
    } finally {
      await Promise.all([ours.close(), bare.close()]);
      await devices.close();
    }
  }
};

type Fleet = {
  /** Reads and writes one station; whether both were answered. */
  readonly cycles: readonly ((value: number) => Promise<boolean>)[];
  close(): Promise<void>;
};

const openOurs = (ports: readonly number[]): Fleet => {
  const pool = createModbusPool(createClock());
  const stations = ports.map((port) =>
    pool.overTcp({ host: "127.0.0.1", port }, { subject: `s${port}`, role: "station", timeoutMs: 1000, delayMs: 0 }),
  );
  return {
    cycles: stations.map((station) => async (value) => {
      const read = await station.read(1, "holding", ADDRESS, REGISTERS);
      const written = await station.write(1, 6, ADDRESS, [value]);
      return read.ok && written.ok;
    }),
    close: async () => {
      await Promise.all(stations.map((station) => station.close()));
    },
  };
};

const openBare = async (ports: readonly number[]): Promise<Fleet> => {
  const stations = await Promise.all(ports.map(openBareModbus));
  return {
    cycles: stations.map((station) => async (value) => {
      const registers = await station.read(ADDRESS, REGISTERS);
      await station.write(ADDRESS, value);
      return registers.length === REGISTERS;
    }),
    close: async () => {
      for (const station of stations) station.close();
    },
  };
};

type Tally = { readonly sweepsMs: number[]; cpuUs: number; failures: number };

/** Block by block in turn, so that both meet the same machine. */
const compare = async (count: number, ours: Fleet, bare: Fleet): Promise<void> => {
  const [oursTally, bareTally] = [newTally(), newTally()];
  await sweep(ours, WARM_UP, newTally());
  await sweep(bare, WARM_UP, newTally());
  for (let block = 0; block < BLOCKS; block++) {
    await sweep(ours, SWEEPS_A_BLOCK, oursTally);
    await sweep(bare, SWEEPS_A_BLOCK, bareTally);
  }
  const a = figures(oursTally, count);
  const b = figures(bareTally, count);
  print(`sweep ${count} stations, transport`, a);
  print(`sweep ${count} stations, bare sockets`, b);
  const ratio = [a.p50Ms / b.p50Ms, a.p99Ms / b.p99Ms, a.cpuUs / b.cpuUs].map((value) => value.toFixed(2));
  process.stdout.write(`sweep ${count} stations, ratio: p50 ${ratio[0]}, p99 ${ratio[1]}, CPU ${ratio[2]}\n`);
};

const newTally = (): Tally => ({ sweepsMs: [], cpuUs: 0, failures: 0 });

const sweep = async ({ cycles }: Fleet, times: number, tally: Tally): Promise<void> => {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) {
    const startedMs = performance.now();
    const answers = await Promise.all(cycles.map((cycle) => cycle(i)));
    tally.sweepsMs.push(performance.now() - startedMs);
    tally.failures += answers.filter((isAnswered) => !isAnswered).length;
  }
  const { user, system } = process.cpuUsage(before);
  tally.cpuUs += user + system;
};

type Figures = {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number;
  readonly failures: number;
};

const figures = ({ sweepsMs, cpuUs, failures }: Tally, count: number): Figures => ({
  p50Ms: percentile(sweepsMs, 0.5),
  p99Ms: percentile(sweepsMs, 0.99),
  cpuUs: cpuUs / (sweepsMs.length * count),
  failures,
});

const print = (what: string, { p50Ms, p99Ms, cpuUs, failures }: Figures): void => {
  const times = `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  process.stdout.write(`${what}: ${times}, CPU ${cpuUs.toFixed(1)} us a read+write, ${failures} failed\n`);
};
