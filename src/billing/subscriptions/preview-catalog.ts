/**
 * What a catalog file would change, and whom it concerns: the one answer behind `catalog diff` and the operator's page.
 *
 * Owns nothing and changes nothing. A file with problems is an answer too: whoever looks wants to read all of them.
 */
import { type CatalogDifference, type CatalogProblem, diffCatalog, loadCatalogFile } from "../catalog";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { listTenantsOn } from "./migrate-version";

/** A difference with the tenants who would stay behind on versions that are sold no longer. */
export type CatalogPreview = CatalogDifference & { tenants: Awaited<ReturnType<typeof listTenantsOn>> };

/** Compares a preset or a file with what is in force. Throws `catalog.invalid` with every problem. */
export async function previewCatalog(ctx: BillingContext, nameOrPath: string): Promise<CatalogPreview> {
  const difference = await diffCatalog(ctx, await loadCatalogFile(nameOrPath));
  return { ...difference, tenants: await listTenantsOn(ctx, archivedBy(difference)) };
}

/** The same as a value: the preview, or everything that is wrong with the file. */
export async function readPendingCatalog(
  ctx: BillingContext,
  nameOrPath: string,
): Promise<{ file: string; computedAt: Date; preview: CatalogPreview | null; problems: CatalogProblem[] }> {
  const asked = { file: nameOrPath, computedAt: ctx.clock.now() };
  try {
    return { ...asked, preview: await previewCatalog(ctx, nameOrPath), problems: [] };
  } catch (error) {
    if (!(error instanceof BillingError) || error.code !== "catalog.invalid") throw error;
    const problems = Object.entries(error.details).map(([path, message]) => ({ path, message: String(message) }));
    return { ...asked, preview: null, problems };
  }
}

function archivedBy({ plans }: CatalogDifference): string[] {
  return plans.flatMap(({ change, replaces, versionId }) =>
    change === "archived" || change === "withdrawn" ? [versionId] : replaces === null ? [] : [replaces],
  );
}
