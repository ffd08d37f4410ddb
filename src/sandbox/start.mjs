/**
 * Starts the sandbox alone, in a fraction of the time that transpiling module by module would take: its modules are joined
 * into one file, kept under node_modules/.cache until one of them changes. Takes the options of main.ts.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = dirname(dirname(createRequire(import.meta.url).resolve("esbuild/package.json")));
const cache = join(modules, ".cache/stripe-sandbox");

/** A folder counts as well: removing a module changes only that. */
function newestChangeMs(directory) {
  let newest = statSync(directory).mtimeMs;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) newest = Math.max(newest, newestChangeMs(path));
    else if (/(?<!\.test)\.(ts|mjs)$/.test(entry.name)) newest = Math.max(newest, statSync(path).mtimeMs);
  }
  return newest;
}

/** A module that looks for a file beside itself must go on finding it. */
const keepAddresses = {
  name: "keep-addresses",
  setup(bundle) {
    bundle.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!source.includes("import.meta.url")) return undefined;
      return { contents: source.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)), loader: "ts" };
    });
  },
};

const file = join(cache, `main-${Math.floor(newestChangeMs(here))}.mjs`);
if (!existsSync(file)) {
  const { build, stop } = await import("esbuild");
  mkdirSync(cache, { recursive: true });
  // Under a name of its own until it is whole: another start may look for it meanwhile.
  const unfinished = `${file}.${process.pid}`;
  await build({
    entryPoints: [join(here, "main.ts")],
    outfile: unfinished,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
    plugins: [keepAddresses],
  });
  await stop();
  renameSync(unfinished, file);
  for (const name of readdirSync(cache))
    if (/^main-\d+\.mjs$/.test(name) && join(cache, name) !== file) rmSync(join(cache, name));
}
await import(pathToFileURL(file).href);
