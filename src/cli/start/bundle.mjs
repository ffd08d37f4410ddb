/**
 * Joins our own modules into a few files in dist/, and leaves packages where npm put them. A program then starts in a
 * fraction of the time and memory that transpiling at start would take.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ENTRIES = {
  start: "src/cli/start/main.ts",
  server: "src/server/main.ts",
  worker: "src/workers/main.ts",
  sandbox: "src/sandbox/main.ts",
  quittance: "src/cli/main.ts",
};

/** Writes dist/<name>.mjs for each of the names; without names for all but the starter, which bundles itself first. */
export async function bundle(root, names = Object.keys(ENTRIES).filter((name) => name !== "start")) {
  const { build, stop } = await import("esbuild");
  const outdir = join(root, "dist");
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: names
      .map((name) => ({ in: ENTRIES[name], out: name }))
      .filter(({ in: file }) => existsSync(join(root, file))),
    outdir,
    outExtension: { ".js": ".mjs" },
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: names.length > 1,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    jsx: "automatic",
    sourcemap: "linked",
    logLevel: "silent",
    write: false,
    plugins: [keepModuleAddresses(root)],
  });
  // Its helper process would otherwise stay with us as long as we run.
  await stop();
  for (const { path, contents } of outputFiles) replace(path, contents);
}

/** Puts a file in place in one step: another installation may be starting from the same folder at this moment. */
function replace(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

/** A module that looks for a file beside itself must go on finding it, so its address stays that of the source. */
function keepModuleAddresses(root) {
  return {
    name: "keep-module-addresses",
    setup(build) {
      build.onLoad({ filter: /\/src\/.*\.tsx?$/ }, ({ path }) => {
        const source = readFileSync(path, "utf8");
        if (!source.includes("import.meta.url")) return undefined;
        const fromRoot = JSON.stringify(relative(root, path));
        const address = `__sourceAddress(${fromRoot})`;
        const header = 'import { sourceAddress as __sourceAddress } from "quittance:address";\n';
        const contents = header + source.replaceAll("import.meta.url", address);
        return { contents, loader: path.endsWith("x") ? "tsx" : "ts", resolveDir: dirname(path) };
      });
      // One of our own modules that does not exist must stop the build; esbuild would take it for a package.
      build.onResolve({ filter: /^@\// }, async ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === "ours") return undefined;
        const found = await build.resolve(path, { kind, resolveDir, pluginData: "ours" });
        return found.external ? { errors: [{ text: `There is no module ${path}` }] } : found;
      });
      build.onResolve({ filter: /^quittance:address$/ }, ({ path }) => ({ path, namespace: "address" }));
      build.onLoad({ filter: /.*/, namespace: "address" }, () => ({ contents: ADDRESS, loader: "js" }));
    },
  };
}

/** Walks up from the bundle to the installation, so that a clone may be moved after it was built. */
const ADDRESS = `
import { existsSync } from "node:fs";
let root = new URL(".", import.meta.url);
while (!existsSync(new URL("package-lock.json", root)) && root.pathname !== "/") root = new URL("..", root);
export const sourceAddress = (path) => new URL(path, root).href;
`;
