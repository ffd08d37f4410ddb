/**
 * The catalog in force, kept in memory for a moment.
 *
 * Every verb reads it and it changes a few times a year, so a process looks at the database at most every two seconds, and
 * at once after it has applied a catalog itself. Plan versions never change their terms and are kept by id.
 */
import type { Database } from "@/db/client";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import type { AppliedCatalog, PlanVersion } from "./model";
import { findStoredPlanVersion, loadAppliedCatalog } from "./store";

const FRESH_MS = 2_000;

interface Kept {
  catalog: Promise<AppliedCatalog | null>;
  readAtMs: number;
}

const kept = new WeakMap<Database, Kept>();
const versions = new WeakMap<Database, Map<string, PlanVersion>>();

/** The catalog in force, at most two seconds old. Throws `catalog.not_applied` before the first `catalog apply`. */
export async function getCatalog(ctx: Pick<BillingContext, "db">): Promise<AppliedCatalog> {
  // Age is measured on the machine's monotonic counter: the business clock may stand still or leap by a month.
  const nowMs = performance.now();
  let entry = kept.get(ctx.db);
  if (!entry || nowMs - entry.readAtMs > FRESH_MS) {
    entry = { catalog: loadAppliedCatalog(ctx.db.prisma), readAtMs: nowMs };
    kept.set(ctx.db, entry);
    entry.catalog.catch(() => forgetCatalog(ctx.db));
  }
  const catalog = await entry.catalog;
  if (catalog) return catalog;
  forgetCatalog(ctx.db);
  throw new BillingError("precondition", "catalog.not_applied", "No catalog has been applied yet. Run: catalog apply.");
}

/** A plan version by id, archived ones too. Throws `catalog.unknown_plan`. */
export async function findPlanVersion(ctx: Pick<BillingContext, "db">, id: string): Promise<PlanVersion> {
  const known = versions.get(ctx.db)?.get(id);
  if (known) return known;
  const version = await findStoredPlanVersion(ctx.db.prisma, id);
  if (!version) throw new BillingError("not_found", "catalog.unknown_plan", `There is no plan version "${id}".`);
  const map = versions.get(ctx.db) ?? new Map<string, PlanVersion>();
  versions.set(ctx.db, map.set(id, version));
  return version;
}

/** Makes the next read go to the database; called by whoever has changed the catalog. */
export function forgetCatalog(db: Database): void {
  kept.delete(db);
  versions.delete(db);
}
