import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** When the newest file below a folder was written, ms since 1970; 0: there is no such folder. */
const newestMs = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const stats = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
  return Math.max(0, ...stats.map((each) => each.mtimeMs));
};

/** Vite is loaded only when there is something to build: a packaged controller never needs it. */
const build = async (source: string, page: string): Promise<void> => {
  const { build: viteBuild } = await import("vite");
  const outDir = `${page}.${randomUUID()}`;
  await viteBuild({
    root: source,
    configFile: join(source, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir, emptyOutDir: true },
  });
  await mkdir(join(page, ".."), { recursive: true });
  await rm(page, { recursive: true, force: true });
  await rename(outDir, page);
};

const refuse = (page: string, root: string) => (cause: unknown) => {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new Error(
    `The page cannot be built in ${page}: ${why}. Run \`npm run page\` once as the owner of ${root}; the page then starts by itself.`,
    { cause },
  );
};

/** The folder of the built page below the project root; builds it first when it is missing or older than its source. */
export const ensurePage = async (root: string): Promise<string> => {
  const source = join(root, "dashboards", "web");
  const page = join(root, "dist", "page");
  const builtMs = await stat(join(page, "index.html")).then(
    (file) => file.mtimeMs,
    () => 0,
  );
  if (builtMs === 0 || (await newestMs(source)) > builtMs) await build(source, page).catch(refuse(page, root));
  return page;
};
