/** Finds a catalog: a preset by its name, or a file of the installation's own. */
import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Catalog } from "./model";
import { catalog as daur } from "./presets/daur";
import { catalog as dnalang } from "./presets/dnalang";
import { type CatalogProblem, invalidCatalog, parseCatalog } from "./rules";

const PRESETS = new Map<string, unknown>([
  ["dnalang", dnalang],
  ["daur", daur],
]);

/**
 * Reads and checks a catalog: "dnalang", "daur", or a path to a .ts, .mts, .js or .json file that exports `catalog` (or a
 * default). Throws `catalog.invalid` naming every problem with its path; a file that cannot be read is one problem.
 */
export async function loadCatalogFile(nameOrPath: string): Promise<Catalog> {
  return parseCatalog(PRESETS.get(nameOrPath) ?? (await readCatalog(nameOrPath)));
}

async function readCatalog(path: string): Promise<unknown> {
  const presets = [...PRESETS.keys()].map((name) => `"${name}"`).join(", ");
  const extension = extname(path);
  if (![".json", ".js", ".mjs", ".ts", ".mts"].includes(extension)) {
    throw invalidCatalog([{ path, message: `is neither a preset (${presets}) nor a .ts, .mts, .js or .json file` }]);
  }
  try {
    if (extension === ".json") return JSON.parse(await readFile(resolve(path), "utf8"));
    const address = pathToFileURL(resolve(path)).href;
    const module = await importFile(resolve(path), address);
    return module.catalog ?? module.default;
  } catch (error) {
    const stated = statedProblems(error);
    if (stated !== null) throw invalidCatalog(stated);
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidCatalog([{ path, message: `cannot be read: ${reason}` }]);
  }
}

/**
 * Imports a module, TypeScript too: the bundled program has no loader for it, and Node does not know that `@/` leads to this
 * installation's sources. Outside a package of ES modules such a file is a .mts file.
 */
async function importFile(path: string, address: string): Promise<{ catalog?: unknown; default?: unknown }> {
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ address);
  } catch (error) {
    if (!/\.m?ts$/.test(path) || !isUnknownToNode(error)) throw error;
  }
  const loader: typeof import("tsx/esm/api") = await import(
    /* webpackIgnore: true */ /* turbopackIgnore: true */ "tsx/esm/api"
  );
  const tsconfig = fileURLToPath(new URL("../../../tsconfig.json", import.meta.url));
  return loader.tsImport(address, { parentURL: import.meta.url, tsconfig });
}

function isUnknownToNode(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return code === "ERR_UNKNOWN_FILE_EXTENSION" || code === "ERR_MODULE_NOT_FOUND";
}

/** The problems that `defineCatalog` named while the file was read; the file may have a copy of our modules of its own. */
function statedProblems(error: unknown): CatalogProblem[] | null {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "catalog.invalid") return null;
  const details = "details" in error && typeof error.details === "object" ? error.details : null;
  return Object.entries(details ?? {}).map(([path, message]) => ({ path, message: String(message) }));
}
