import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";

/** A source file of this project: its path from the project's root, with `/`, and its text. */
export type SourceFile = { readonly path: string; readonly text: string };

/** One import as written: what it names, whether it leaves no trace at run time, and where it leads. */
export type Import = {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  /** Path from the project's root for own files, else the package or `node:` module. */
  readonly target: string;
  readonly isOwn: boolean;
};

const STATIC = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w$*{][^"';()=]*?\sfrom\s*)?["']([^"'\n]+)["']/gm;
const DYNAMIC = /\bimport\(\s*["']([^"'\n]+)["']/g;
const COMMENT = /\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm;

const packageName = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

const resolved = (from: string, specifier: string): { readonly target: string; readonly isOwn: boolean } => {
  if (specifier.startsWith("#")) return { target: specifier.slice(1), isOwn: true };
  if (specifier.startsWith(".")) return { target: join(dirname(from), specifier), isOwn: true };
  return { target: specifier.startsWith("node:") ? specifier : packageName(specifier), isOwn: false };
};

/** Every import, re-export and `import()` of a file. */
export const importsOf = (file: SourceFile): readonly Import[] => {
  const code = file.text.replaceAll(COMMENT, "");
  const found = [
    ...[...code.matchAll(STATIC)].map((match) => ({ specifier: match[2] ?? "", isTypeOnly: match[1] !== undefined })),
    ...[...code.matchAll(DYNAMIC)].map((match) => ({ specifier: match[1] ?? "", isTypeOnly: false })),
  ];
  return found.map((entry) => ({ ...entry, ...resolved(file.path, entry.specifier) }));
};

/** The TypeScript files below the given folders of the project at `root`, installed packages and built pages left out. */
export const sourceFiles = (root: string, folders: readonly string[]): readonly SourceFile[] =>
  folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
    )
    .filter((path) => /\.tsx?$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

/** Import cycles among the given files, each as the paths around it; type-only imports count too. */
export const importCycles = (files: readonly SourceFile[]): readonly string[] => {
  const edges = new Map(
    files.map((file) => [file.path, importsOf(file).flatMap((to) => (to.isOwn ? [to.target] : []))]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(" -> "));
    if (start >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return cycles;
};
