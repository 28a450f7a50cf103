import { parseArgs } from "node:util";
import type { FactsById } from "../config/device-facts.ts";
import { loadSiteFile, type SiteCheck } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { exportSiteSchema } from "../config/export-schema.ts";
import { fallbackTable } from "./fallback-table.ts";

/** What the command needs of the world. */
export type CheckIo = {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The text of a file; rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<string>;
  readonly profiles: () => FactsById | Promise<FactsById>;
};

const USAGE = `usage: headroom check [--json] SITE.YAML
       headroom check --schema
Checks a site file: every problem with its line, and the fallback proof of each circuit.
  --json    print the result as JSON
  --schema  print the JSON Schema of the site file, for editors
`;

type Request =
  | { readonly want: "help" | "schema" | "usage" }
  | { readonly want: "check"; readonly file: string; readonly isJson: boolean };

const ONE_FLAG = { type: "boolean", default: false } as const;
const OPTIONS = { json: ONE_FLAG, schema: ONE_FLAG, help: { ...ONE_FLAG, short: "h" } } as const;

const readRequest = (argv: readonly string[]): Request => {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
    if (values.help) return { want: "help" };
    const [file, ...others] = positionals;
    if (values.schema) return { want: positionals.length === 0 ? "schema" : "usage" };
    return file === undefined || others.length > 0 ? { want: "usage" } : { want: "check", file, isJson: values.json };
  } catch {
    return { want: "usage" };
  }
};

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

const summary = ({ problems }: SiteCheck): string => {
  const errors = problems.filter((p) => p.severity === "error").length;
  return `${count(errors, "error")}, ${count(problems.length - errors, "warning")}`;
};

const asText = (result: SiteCheck, file: string): string => {
  const problems = result.problems.map((problem) => `${formatProblem(problem)}\n`).join("");
  const table =
    result.fallback.length === 0
      ? ""
      : `\nFallback when the stations hear nothing from us, failsafe currents as declared (each is read back at run time):\n${fallbackTable(result.fallback)}\n`;
  return `${problems}${table}${file}: ${summary(result)}\n`;
};

const asJson = (result: SiteCheck, file: string): string =>
  `${JSON.stringify({ file, isUsable: result.loaded !== null, problems: result.problems, fallback: result.fallback }, null, 2)}\n`;

const checkFile = async (path: string, isJson: boolean, io: CheckIo): Promise<number> => {
  let text: string;
  try {
    text = await io.readFile(path);
  } catch (error) {
    io.stderr(`headroom check: cannot read ${path}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const result = loadSiteFile(text, path, await io.profiles());
  io.stdout(isJson ? asJson(result, path) : asText(result, path));
  return result.loaded === null ? 1 : 0;
};

/** `headroom check`: results on stdout; resolves to the exit code: 0 usable, 1 problem found, 2 wrong usage or no such file. */
export const runCheck = async (argv: readonly string[], io: CheckIo): Promise<number> => {
  const request = readRequest(argv);
  if (request.want === "check") return checkFile(request.file, request.isJson, io);
  if (request.want === "usage") io.stderr(USAGE);
  else io.stdout(request.want === "help" ? USAGE : exportSiteSchema());
  return request.want === "usage" ? 2 : 0;
};
