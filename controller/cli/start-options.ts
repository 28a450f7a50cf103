import { parseArgs } from "node:util";

/** What a site is started with. */
export type StartOptions = {
  /** Null: simulated devices. */
  readonly config: string | null;
  readonly data: string | null;
  readonly port: number;
  /** The day file that simulated devices live through; null: the demo. */
  readonly day: string | null;
  /** Where in the day they begin; null: an hour before its tightest moment. */
  readonly dayStartMs: number | null;
  readonly clockScale: number;
};

const text = { type: "string" } as const;
const OPTIONS = {
  config: text,
  data: text,
  port: text,
  day: text,
  "day-start": text,
  "clock-scale": text,
  help: { type: "boolean", default: false, short: "h" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

/** Reads the arguments of `start`, or says everything that is wrong with them; `help`: only the usage is wanted. */
export const readStartOptions = (
  argv: readonly string[],
): StartOptions | "help" | { readonly problems: readonly string[] } => {
  const values = parse(argv);
  if (typeof values === "string") return { problems: [values] };
  if (values.help) return "help";
  const problems = [...valueProblems(values), ...pairProblems(values)];
  if (problems.length > 0) return { problems };
  return {
    config: values.config ?? null,
    data: values.data ?? null,
    port: Number(values.port ?? 8080),
    day: values.day ?? null,
    dayStartMs: values["day-start"] === undefined ? null : timeOfDayMs(values["day-start"]),
    clockScale: Number(values["clock-scale"] ?? 1),
  };
};

const parse = (argv: readonly string[]): Values | string => {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    return error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? "") : String(error);
  }
};

const isPort = (value: string): boolean => /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;

const isScale = (value: string): boolean => Number(value) >= 1 && Number(value) <= 30;

const TIME_OF_DAY = /^([01]?\d|2[0-3]):([0-5]\d)$/;

const timeOfDayMs = (value: string): number | null => {
  const [, hours, minutes] = TIME_OF_DAY.exec(value) ?? [];
  return hours === undefined ? null : (Number(hours) * 60 + Number(minutes)) * 60_000;
};

const valueProblems = ({ port, "day-start": dayStart, "clock-scale": clockScale }: Values): readonly string[] => [
  ...(port === undefined || isPort(port) ? [] : [`--port is a whole number from 1 to 65535, not '${port}'`]),
  ...(clockScale === undefined || isScale(clockScale)
    ? []
    : [`--clock-scale is a number from 1 to 30, not '${clockScale}'`]),
  ...(dayStart === undefined || timeOfDayMs(dayStart) !== null
    ? []
    : [`--day-start is hours and minutes such as 08:30, not '${dayStart}'`]),
];

const SIMULATED = ["day", "day-start", "clock-scale"] as const;

const pairProblems = (values: Values): readonly string[] => [
  ...SIMULATED.filter((name) => values.config !== undefined && values[name] !== undefined).map(
    (name) => `--${name} is for simulated devices alone: leave it or --config out`,
  ),
  ...(values["day-start"] !== undefined && values.day === undefined ? ["--day-start goes with --day FILE"] : []),
];
