/** Follows imports from everything that is run by name, to find files that nothing uses. */
import type { SourceFile } from "./sources";

const NEXT_FILES =
  /^src\/app\/(.*\/)?(page|layout|route|loading|error|not-found|template|default|global-error|icon|robots|sitemap|manifest)\.tsx?$/;

/** Started by a command, by Next or by another program, never imported. */
const PROGRAMS: readonly RegExp[] = [
  /^src\/(server|workers|sandbox|cli)\/main\.ts$/,
  /^src\/cli\/(migration\.ts|complete-lockfile\.mjs|start\/(main\.ts|[a-z-]+\.mjs))$/,
  /^src\/(proxy|instrumentation)\.ts$/,
  /^src\/sdk\/index\.ts$/,
  /^src\/testing\/(global-setup|vitest\.config|[a-z-]+\.config)\.ts$/,
  /^src\/testing\/bench\/[a-z-]+\.ts$/,
  /^src\/sandbox\/(support\/write\.ts|start\.mjs)$/,
  /^src\/sandbox\/browser\/client\/([a-z-]+\/)?(main|[a-z-]*entry)\.ts$/,
  /^prisma\/[a-z.]+\.ts$/,
  /^e2e\/[a-z.-]+\.ts$/,
];

/** What neither a program nor, for test support, a test leads to. */
export function findUnreached(sources: readonly SourceFile[]): string[] {
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const starts = (file: SourceFile) =>
    NEXT_FILES.test(file.path) || PROGRAMS.some((pattern) => pattern.test(file.path));
  const used = follow(
    byPath,
    sources.filter((file) => !file.isTest && starts(file)),
  );
  const usedByTests = follow(
    byPath,
    sources.filter((file) => file.isTest),
  );
  return sources
    .filter((file) => {
      if (file.isTest || used.has(file.path)) return false;
      // Test support lives beside what it supports or in src/testing; a product file needs a product.
      const isSupport = file.path.startsWith("src/testing/") || /(^|[./-])(testing|fixtures?)([./-]|$)/.test(file.path);
      return !(isSupport && usedByTests.has(file.path));
    })
    .map(({ path }) => path);
}

function follow(byPath: ReadonlyMap<string, SourceFile>, from: readonly SourceFile[]): Set<string> {
  const seen = new Set<string>();
  const open = [...from];
  for (let file = open.pop(); file; file = open.pop()) {
    if (seen.has(file.path)) continue;
    seen.add(file.path);
    for (const { target } of file.imports) {
      const next = target ? byPath.get(target) : undefined;
      if (next) open.push(next);
    }
  }
  return seen;
}
