/** Finds a catalog: a preset by its name, or a file of the installation's own. */
import { readFile, stat } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
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
    return exportedBy(await importNewest(resolve(path)), path);
  } catch (error) {
    const stated = statedProblems(error);
    if (stated !== null) throw invalidCatalog(stated);
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidCatalog([{ path, message: `cannot be read: ${reason}` }]);
  }
}

type CatalogModule = { catalog?: unknown; default?: unknown };

const imported = new Map<string, { changedMs: number; module: Promise<CatalogModule> }>();

/** A module is read once, so a process that runs for months would never see the file change: each state is a module. */
async function importNewest(path: string): Promise<CatalogModule> {
  const { mtimeMs: changedMs } = await stat(path);
  const known = imported.get(path);
  if (known?.changedMs === changedMs) return known.module;
  const module = importFile(path, changedMs);
  imported.set(path, { changedMs, module });
  module.catch(() => imported.delete(path));
  return module;
}

/**
 * Imports a module, TypeScript too: the bundled program has no loader for it, and Node does not know that `@/` leads to this
 * installation's sources.
 */
async function importFile(path: string, changedMs: number): Promise<CatalogModule> {
  const address = pathToFileURL(path).href;
  if (!/\.m?ts$/.test(path)) {
    const newest = `${address}?changed=${changedMs}`;
    return import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ newest);
  }
  const loader: typeof import("tsx/esm/api") = await import(
    /* webpackIgnore: true */ /* turbopackIgnore: true */ "tsx/esm/api"
  );
  // Not as an address beside this module: a bundler would take that for a file to be served.
  const tsconfig = join(dirname(fileURLToPath(import.meta.url)), "../../../tsconfig.json");
  return loader.tsImport(address, { parentURL: import.meta.url, tsconfig });
}

/**
 * The catalog of a module. Outside a package of ES modules, the exports of a .ts file stand in its default one. Throws
 * `catalog.invalid` for a file that exports none, by the export it lacks: its fields were never looked for.
 */
function exportedBy(module: CatalogModule, path: string): unknown {
  const whole = module.default;
  const found = module.catalog ?? (isModule(whole) ? (whole.catalog ?? whole.default ?? whole) : whole);
  if (found !== undefined && found !== null && !isStandIn(found)) return found;
  throw invalidCatalog([{ path, message: "exports no catalog: add `export const catalog = defineCatalog({ … })`" }]);
}

function isModule(value: unknown): value is CatalogModule {
  return typeof value === "object" && value !== null;
}

/** What stands for the exports of a file that has other ones, or none: nothing in it is a catalog's. */
function isStandIn(value: unknown): boolean {
  return isModule(value) && "__esModule" in value;
}

/** The problems that `defineCatalog` named while the file was read; the file may have a copy of our modules of its own. */
function statedProblems(error: unknown): CatalogProblem[] | null {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "catalog.invalid") return null;
  const details = "details" in error && typeof error.details === "object" ? error.details : null;
  return Object.entries(details ?? {}).map(([path, message]) => ({ path, message: String(message) }));
}
