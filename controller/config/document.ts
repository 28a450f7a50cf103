import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Tags,
  visit,
  type YAMLError,
} from "yaml";
import { type Finding, type Path, type Problem, formatPath, wrong } from "./problem.ts";

const MAX_CHARACTERS = 1_000_000;
const MAX_SYNTAX_PROBLEMS = 20;

/** A YAML file as plain data, with what is wrong in its syntax and the line of every path. */
export type YamlFile = {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Whether the data cannot be trusted enough to look for more. */
  readonly isBroken: boolean;
  /** The finding with its line: that of the key, or of the nearest key above a missing one. */
  place(finding: Finding): Problem;
};

const SYNTAX: Readonly<Record<string, readonly [string, string]>> = {
  DUPLICATE_KEY: ["this key stands twice in the same block", "remove or rename one of them"],
  TAB_AS_INDENT: ["the line starts with a tab", "indent with spaces only"],
  BAD_INDENT: [
    "the indentation or a bracket is wrong",
    "align keys of one block in one column, and close every [ and {",
  ],
  MISSING_CHAR: ["a quote, bracket or comma is missing here or on a line above", "close every quote, [ and {"],
  MULTIPLE_DOCS: ["a second document starts here", "remove the line ---"],
  BLOCK_AS_IMPLICIT_KEY: ["two keys stand on one line", "put each key on its own line, or the value in quotes"],
  RESOURCE_EXHAUSTION: ["lists or blocks are nested too deep", "write the file as in the example of docs/site-file.md"],
};

const syntaxProblem = (error: YAMLError, line: number, file: string): Problem => {
  const [what, remedy] = SYNTAX[error.code] ?? [
    `this is not YAML (${error.message})`,
    "correct the line; look for a missing quote, colon or space",
  ];
  return { severity: "error", file, line, path: "", what, remedy };
};

const keyText = (key: unknown): string | null => (isScalar(key) ? String(key.value) : null);

const childAt = (node: unknown, step: string | number): { readonly at: unknown; readonly next: unknown } | null => {
  if (isSeq(node) && typeof step === "number") {
    const item = node.items[step];
    return item === undefined ? null : { at: item, next: item };
  }
  const pair = isMap(node) ? node.items.find((item) => keyText(item.key) === step) : undefined;
  return pair === undefined ? null : { at: pair.key, next: pair.value };
};

const offsetOf = (document: Document, path: Path): number => {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const step of path) {
    const child = childAt(node, step);
    if (child === null) break;
    if (isNode(child.at)) offset = child.at.range?.[0] ?? offset;
    node = child.next;
  }
  return offset;
};

const pathOf = (ancestors: readonly unknown[], node: unknown): Path => {
  const steps: (string | number)[] = [];
  [...ancestors, node].forEach((parent, i, all) => {
    const child = all[i + 1];
    if (isSeq(parent) && child !== undefined) steps.push(parent.items.indexOf(child));
    if (typeof parent === "object" && parent !== null && "key" in parent && child !== undefined)
      steps.push(keyText(parent.key) ?? "");
  });
  return steps;
};

/** Names for repeated values, merges and tags: refused, so that each value stands where it holds and no file unfolds into a huge one. */
const foreignFeatures = (document: Document): readonly Finding[] => {
  const findings: Finding[] = [];
  const add = (path: Path, what: string, remedy: string): void => void findings.push(wrong(path, what, remedy));
  visit(document, {
    Node: (_, node: Node, ancestors) => {
      if (isAlias(node))
        add(
          pathOf(ancestors, node),
          `the alias *${node.source.slice(0, 40)} is not supported here`,
          "write the value out",
        );
      else if (node.tag?.startsWith("!") === true)
        add(pathOf(ancestors, node), `the tag ${node.tag.slice(0, 40)} is not supported here`, "remove it");
    },
    Pair: (_, pair, ancestors) => {
      if (isNode(pair.key) && !isScalar(pair.key))
        add(pathOf(ancestors, pair), "a list or block stands as a key", "write a plain key");
    },
  });
  return findings.slice(0, MAX_SYNTAX_PROBLEMS);
};

const tooLong = (file: string): YamlFile => {
  const problem: Problem = {
    severity: "error",
    file,
    line: 1,
    path: "",
    what: `the file has more than ${MAX_CHARACTERS} characters`,
    remedy: "check that this is a site file",
  };
  return { value: null, problems: [problem], isBroken: true, place: () => problem };
};

const OWN_CODES: ReadonlySet<string> = new Set(["DUPLICATE_KEY", "TAB_AS_INDENT"]);

/** The first error and those that stand for themselves; most others only follow from the first. */
const realErrors = (errors: readonly YAMLError[]): readonly YAMLError[] => {
  const first = errors.find((error) => !OWN_CODES.has(error.code));
  const hasTab = errors.some((error) => error.code === "TAB_AS_INDENT");
  return errors
    .filter((error) => OWN_CODES.has(error.code) || (error === first && !hasTab))
    .slice(0, MAX_SYNTAX_PROBLEMS);
};

/** Without numbers such as 1E3: the serial framing 8E1 is text. */
const withoutExponents = (tags: Tags): Tags => tags.filter((tag) => typeof tag === "string" || tag.format !== "EXP");

/** Reads YAML text; `file` is the name used in messages. Never throws on any text. */
export const readYaml = (text: string, file: string): YamlFile => {
  if (text.length > MAX_CHARACTERS) return tooLong(file);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
    customTags: withoutExponents,
    merge: false,
  });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const place = (finding: Finding): Problem => ({
    ...finding,
    file,
    line: lineAt(offsetOf(document, finding.path)),
    path: formatPath(finding.path),
  });
  const syntax = realErrors(document.errors).map((error) => syntaxProblem(error, lineAt(error.pos[0]), file));
  const isSyntaxBroken = document.errors.some((error) => error.code !== "DUPLICATE_KEY");
  const foreign = isSyntaxBroken ? [] : foreignFeatures(document).map(place);
  const isBroken = isSyntaxBroken || foreign.length > 0;
  return { value: isBroken ? null : document.toJS(), problems: [...syntax, ...foreign], isBroken, place };
};
