/** Keys and indexes from the top of the site file down to a value. */
export type Path = readonly (string | number)[];

/** Whether the site may run with it. */
export type Severity = "error" | "warning";

/** Something wrong at a path of the site file: what it is, and what to do about it. */
export type Finding = {
  readonly severity: Severity;
  readonly path: Path;
  readonly what: string;
  readonly remedy: string;
};

/** A finding with its place in the file, for people. */
export type Problem = {
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  /** Such as `circuits[1].limitA`; empty: the file as a whole. */
  readonly path: string;
  readonly what: string;
  readonly remedy: string;
};

/** An error at a path. */
export const wrong = (path: Path, what: string, remedy: string): Finding => ({ severity: "error", path, what, remedy });

/** A warning at a path. */
export const dubious = (path: Path, what: string, remedy: string): Finding => ({
  severity: "warning",
  path,
  what,
  remedy,
});

/** A path as people write it: `circuits[1].limitA`. */
export const formatPath = (path: Path): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");

/** One line: `site.yaml:12 circuits[1].limitA: what is wrong → what to do`. */
export const formatProblem = (problem: Problem): string => {
  const place = problem.path === "" ? "" : ` ${problem.path}`;
  const mark = problem.severity === "warning" ? "warning: " : "";
  return `${problem.file}:${problem.line}${place}: ${mark}${problem.what} → ${problem.remedy}`;
};
