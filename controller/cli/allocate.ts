import { parseArgs } from "node:util";
import { STRATEGIES } from "../allocation/strategies/register.ts";
import type { Strategy } from "../allocation/strategies/strategy.ts";
import { caseHeadroom, planCase } from "../cases/case-site.ts";
import { setpointsOf, toCaseResult, type CaseResult } from "../cases/case-result.ts";
import { divideCase, rememberCase, type VehicleHistory } from "../cases/divide-case.ts";
import { checkInstant, checkStreamStart, checkStreamStep } from "../cases/check.ts";
import type { StreamStart, StreamStep } from "../cases/schema.ts";
import { STRATEGY_NAMES, type StrategyName } from "../model/strategy.ts";
import { instant } from "../model/time.ts";

/** What the command needs of the world. */
export type AllocateIo = {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The text of a file, or of standard input for `-`; rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<string>;
  /** Standard input, line by line. */
  readonly lines: () => AsyncIterable<string>;
};

const USAGE = `usage: headroom allocate [FILE|-] [--strategy NAME]
       headroom allocate --stream [--strategy NAME]
Divides the headroom of a site at one moment: reads one case (alloc-instant/1) or an array of them, prints the result.
  --strategy   ${STRATEGY_NAMES.join(", ")}; default: equal-share
  --stream     a line of JSON in, a line out per step; what was decided before is remembered
`;

type Request = { readonly file: string; readonly isStream: boolean; readonly strategy: StrategyName };

const readRequest = (argv: readonly string[]): Request | null => {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { stream: { type: "boolean", default: false }, strategy: { type: "string", default: "equal-share" } },
    });
    const strategy = STRATEGY_NAMES.find((name) => name === values.strategy);
    if (strategy === undefined || positionals.length > (values.stream ? 0 : 1)) return null;
    return { file: positionals[0] ?? "-", isStream: values.stream, strategy };
  } catch {
    return null;
  }
};

/** `headroom allocate`: results on stdout; resolves to the exit code: 0 answered, 1 bad input, 2 wrong usage or no such file. */
export const runAllocate = async (argv: readonly string[], io: AllocateIo): Promise<number> => {
  const request = readRequest(argv);
  if (request === null) {
    io.stderr(USAGE);
    return 2;
  }
  return request.isStream ? runStream(request.strategy, io) : runFile(request, io);
};

const runFile = async ({ file, strategy }: Request, io: AllocateIo): Promise<number> => {
  let text: string;
  try {
    text = await io.readFile(file);
  } catch (error) {
    io.stderr(`headroom allocate: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const parsed = parseJson(text);
  if ("problem" in parsed) return refuse(io, [`${file}: ${parsed.problem}`]);
  const cases: readonly unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
  const answers = cases.map((each, i) => answer(each, strategy, Array.isArray(parsed.value) ? `case ${i}` : file));
  const problems = answers.flatMap((each) => ("problems" in each ? each.problems : []));
  if (problems.length > 0) return refuse(io, problems);
  const results = Array.isArray(parsed.value) ? answers : answers[0];
  io.stdout(`${JSON.stringify(results)}\n`);
  return 0;
};

const answer = (
  value: unknown,
  name: StrategyName,
  where: string,
): CaseResult | { readonly problems: readonly string[] } => {
  const checked = checkInstant(value);
  if ("problems" in checked) return { problems: placed(where, checked.problems) };
  const { site, evs, id, nominalVoltageV: voltageV = 230 } = checked.value;
  const casePlan = planCase(site);
  const loads = Object.fromEntries(site.circuits.map((circuit) => [circuit.id, circuit.baseLoadA]));
  const headroomA = caseHeadroom(casePlan, loads, evs);
  const scene = { casePlan, headroomA, strategy: STRATEGIES[name], now: instant(0), stepS: null, voltageV };
  return toCaseResult(casePlan.plan, divideCase(evs, { ...scene, histories: new Map() }), id, name);
};

const runStream = async (name: StrategyName, io: AllocateIo): Promise<number> => {
  const answerLine = createStream(STRATEGIES[name]);
  let number = 0;
  for await (const line of io.lines()) {
    number += 1;
    const parsed = parseJson(line);
    const result = "problem" in parsed ? { problems: [parsed.problem] } : answerLine(parsed.value);
    if ("problems" in result) return refuse(io, placed(`line ${number}`, result.problems));
    if (result.setpointsA !== null) io.stdout(`${JSON.stringify(result.setpointsA)}\n`);
  }
  return 0;
};

/** What a line of a stream leads to; the first leads to no setpoints. */
type LineResult =
  | { readonly problems: readonly string[] }
  | { readonly setpointsA: Readonly<Record<string, number>> | null };

const createStream = (strategy: Strategy): ((value: unknown) => LineResult) => {
  let step: ((value: unknown) => LineResult) | null = null;
  return (value) => {
    if (step !== null) return step(value);
    const checked = checkStreamStart(value);
    if ("problems" in checked) return checked;
    step = streamStep(checked.value, strategy);
    return { setpointsA: null };
  };
};

const streamStep = (start: StreamStart, strategy: Strategy): ((value: unknown) => LineResult) => {
  const casePlan = planCase(start.site);
  const { stepS, nominalVoltageV: voltageV = 230 } = start;
  let histories: ReadonlyMap<string, VehicleHistory> = new Map();
  const advance = ({ timeS, evs, baseLoadA }: StreamStep): Readonly<Record<string, number>> => {
    const headroomA = caseHeadroom(casePlan, baseLoadA, evs);
    const scene = { casePlan, headroomA, strategy, now: instant(timeS * 1000), stepS, voltageV, histories };
    const divided = divideCase(evs, scene);
    histories = rememberCase(evs, divided, scene);
    return setpointsOf(divided);
  };
  return (value) => {
    const checked = checkStreamStep(value, casePlan);
    return "problems" in checked ? checked : { setpointsA: advance(checked.value) };
  };
};

const parseJson = (text: string): { readonly value: unknown } | { readonly problem: string } => {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (error) {
    return { problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
};

const placed = (where: string, problems: readonly string[]): readonly string[] =>
  problems.map((problem) => `${where}: ${problem}`);

const refuse = (io: AllocateIo, problems: readonly string[]): number => {
  io.stderr(problems.map((problem) => `headroom allocate: ${problem}\n`).join(""));
  return 1;
};
