/** Where a catalog comes from: presets by name, files by path, and one refusal for everything that is neither. */
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BillingError } from "../kernel/errors";
import { loadCatalogFile } from ".";
import { catalog as dnalang } from "./presets/dnalang";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "quittance-catalog-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

describe("loadCatalogFile", () => {
  it("knows the presets by name", async () => {
    expect((await loadCatalogFile("dnalang")).productName).toBe("DNALang Quantum Platform");
    expect((await loadCatalogFile("daur")).productName).toBe("Daur AI");
  });

  it("reads a .json file", async () => {
    const path = await file("own.json", JSON.stringify({ ...dnalang, key: "own" }));
    expect(await loadCatalogFile(path)).toEqual({ ...dnalang, key: "own" });
  });

  it("reads a .ts file that exports `catalog`", async () => {
    const path = fileURLToPath(new URL("presets/daur.ts", import.meta.url));
    expect((await loadCatalogFile(path)).key).toBe("daur");
  });

  it.each([
    ["own.ts", "const made: { key: string } =", "export default made;"],
    ["own.mjs", "const made =", "export default made;"],
    ["named.mjs", "export const catalog =", ""],
  ])("reads %s, a default export or a named one", async (name, head, tail) => {
    const text = `${head} ${JSON.stringify({ ...dnalang, key: "own" })};\n${tail}\n`;
    expect((await loadCatalogFile(await file(name, text))).key).toBe("own");
  });

  it.each(["changing.mjs", "changing.mts", "changing.json"])(
    "sees that %s was changed since it was read",
    async (name) => {
      const words = (key: string) =>
        `${name.endsWith("json") ? "" : "export default "}${JSON.stringify({ ...dnalang, key })}`;
      const path = await file(name, words("before"));
      expect((await loadCatalogFile(path)).key).toBe("before");
      await writeFile(path, words("after"));
      await utimes(path, 2_000_000_000, 2_000_000_000);
      expect((await loadCatalogFile(path)).key).toBe("after");
    },
  );

  it.each([
    ["an unknown preset", "platinum", /platinum: is neither a preset \("dnalang", "daur"\)/],
    ["a file of another kind", "catalog.yaml", /neither a preset/],
    ["a missing .json file", "/nowhere/catalog.json", /\/nowhere\/catalog\.json: cannot be read: ENOENT/],
    ["a missing .ts file", "/nowhere/catalog.ts", /\/nowhere\/catalog\.ts: cannot be read/],
  ])("refuses %s and names it", async (_what, name, message) => {
    const loading = loadCatalogFile(name);
    await expect(loading).rejects.toMatchObject({ kind: "invalid", code: "catalog.invalid" });
    await expect(loading).rejects.toThrow(message);
  });

  it("refuses JSON that is none, and a module that exports nothing", async () => {
    await expect(loadCatalogFile(await file("torn.json", '{"key": "to'))).rejects.toThrow("torn.json: cannot be read");
    const empty = loadCatalogFile(await file("empty.mjs", "export {};\n"));
    const details = {
      [join(directory, "empty.mjs")]: "exports no catalog: add `export const catalog = defineCatalog({ … })`",
    };
    await expect(empty).rejects.toMatchObject({ code: "catalog.invalid", details });
    for (const name of ["other.mjs", "other.mts", "other.ts"]) {
      const other = loadCatalogFile(await file(name, "export const plans = [];\n"));
      await expect(other).rejects.toThrow(`${name}: exports no catalog: add \`export const catalog = defineCatalog`);
    }
  });

  it("names every problem of a typed file, with its path, as of any other", async () => {
    const stated = JSON.stringify({ ...dnalang, freePlan: "gratis", currency: "?", colour: "red" });
    const head = 'import { defineCatalog } from "@/billing/catalog/define-catalog";';
    const path = await file("typed.mts", `${head}\nexport const catalog = defineCatalog(${stated});\n`);
    const refused = await loadCatalogFile(path).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "catalog.invalid" });
    if (!(refused instanceof BillingError)) throw refused;
    expect(Object.keys(refused.details).sort()).toEqual(["colour", "currency", "freePlan"]);
  });

  it("names every problem of a file with its path", async () => {
    const path = await file("broken.json", JSON.stringify({ ...dnalang, currency: "?", freePlan: "gratis", plan: [] }));
    const details = {
      currency: expect.any(String),
      freePlan: "names no plan of this catalog",
      plan: expect.any(String),
    };
    await expect(loadCatalogFile(path)).rejects.toMatchObject({ code: "catalog.invalid", details });
  });
});
