/** How a catalog file states its catalog: with the compiler's help for words and types, and every rule checked at once. */
import type { z } from "zod";
import type { Catalog, catalogSchema } from "./model";
import { parseCatalog } from "./rules";

/** A catalog, complete with defaults. Throws `catalog.invalid` that names every problem with its path. */
export function defineCatalog(catalog: z.input<typeof catalogSchema>): Catalog {
  return parseCatalog(catalog);
}
