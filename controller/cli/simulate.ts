import { parseArgs } from "node:util";
import type { Day } from "#drivers/simulator/world/day-file.ts";
import { simulateDay, type NeedsTold, type SimulationOptions } from "../apps/simulation/simulate-day.ts";
import { STRATEGY_NAMES } from "../model/strategy.ts";
import { simulationJson, simulationText } from "./simulation-text.ts";

/** What the command needs of the world. */
export type SimulateIo = {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Reads a day file, or gives the demo's day for null; rejects with everything that is wrong with it. */
  readonly readDay: (path: string | null) => Promise<Day>;
  /** Real time, ms since any point: for progress. */
  readonly elapsedMs: () => number;
};

const USAGE = `usage: headroom simulate [DAY.JSON] [--strategy NAME] [--est | --blind] [--cycle-s 1] [--json]
Runs the loop through a day (alloc-day/1) on a virtual clock: who got what, and why not more. Without a file: the demo's day.
  --strategy  ${STRATEGY_NAMES.join(", ")}; default: equal-share
  --est       the loop is told when drivers said they would leave, not when they do
  --blind     the loop is told neither departures nor energy, as of most vehicles
  --cycle-s   seconds from cycle to cycle, a divisor of the file's period; more is faster and less like the product
  --json      print the result as JSON
`;

type Request = Omit<SimulationOptions, "onProgress"> & { readonly file: string | null; readonly isJson: boolean };

const ONE_FLAG = { type: "boolean", default: false } as const;
const OPTIONS = {
  strategy: { type: "string", default: "equal-share" },
  "cycle-s": { type: "string", default: "1" },
  est: ONE_FLAG,
  blind: ONE_FLAG,
  json: ONE_FLAG,
  help: { ...ONE_FLAG, short: "h" },
} as const;

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  } catch {
    return null;
  }
};

const readRequest = (argv: readonly string[]): Request | "help" | "usage" => {
  const parsed = parse(argv);
  if (parsed === null) return "usage";
  const { values, positionals } = parsed;
  if (values.help) return "help";
  const strategy = STRATEGY_NAMES.find((name) => name === values.strategy);
  const [file = null, ...others] = positionals;
  const isClear = others.length === 0 && !(values.est && values.blind) && /^[1-9]\d{0,4}$/.test(values["cycle-s"]);
  if (strategy === undefined || !isClear) return "usage";
  return { file, strategy, cycleS: Number(values["cycle-s"]), needs: needsOf(values), isJson: values.json };
};

const needsOf = ({ est, blind }: { readonly est: boolean; readonly blind: boolean }): NeedsTold =>
  blind ? "none" : est ? "estimated" : "exact";

/** `headroom simulate`: the result on stdout, progress on stderr; resolves to the exit code: 0 done, 1 bad file, 2 wrong usage. */
export const runSimulate = async (argv: readonly string[], io: SimulateIo): Promise<number> => {
  const request = readRequest(argv);
  if (typeof request === "object") return simulateFile(request, io);
  (request === "help" ? io.stdout : io.stderr)(USAGE);
  return request === "help" ? 0 : 2;
};

const simulateFile = async (request: Request, io: SimulateIo): Promise<number> => {
  const { file, isJson, ...options } = request;
  const read = await io
    .readDay(file)
    .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  const day = typeof read === "string" || read.periodS % options.cycleS === 0 ? read : wrongCycle(read, options);
  if (typeof day === "string") {
    io.stderr(`headroom simulate: ${day}\n`);
    return 1;
  }
  const report = await simulateDay(day, { ...options, onProgress: progress(day, io) });
  const simulation = { id: day.id, ...options, report };
  io.stdout(isJson ? simulationJson(simulation) : simulationText(simulation));
  return 0;
};

const wrongCycle = ({ id, periodS }: Day, { cycleS }: { readonly cycleS: number }): string =>
  `--cycle-s ${cycleS} does not divide the period of ${id}, ${periodS} s`;

const PROGRESS_MS = 5_000;

/** Says every few real seconds how far it is. */
const progress = ({ id, periods, periodS }: Day, { stderr, elapsedMs }: SimulateIo): ((nowMs: number) => void) => {
  let saidAtMs = elapsedMs();
  return (nowMs) => {
    if (elapsedMs() - saidAtMs < PROGRESS_MS) return;
    saidAtMs = elapsedMs();
    stderr(`headroom simulate: ${id}: ${Math.floor(nowMs / (10 * periods * periodS))} %\n`);
  };
};
