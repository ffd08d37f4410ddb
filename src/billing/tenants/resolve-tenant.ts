/** Finds the tenant a caller means and may act for: the one gate between tenants. */
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import type { Tenant } from "./model";
import { mayActFor } from "./rules";
import { findRole, findTenant, findTenantBySlug } from "./store";

/**
 * The tenant with that id or slug. Throws `tenant.not_found` when there is none, and the very same when the actor may not
 * act for it, so that nobody learns which tenants exist.
 */
export async function resolveTenant(ctx: Pick<BillingContext, "db" | "actor">, idOrSlug: string): Promise<Tenant> {
  const tenant = await find(ctx, idOrSlug);
  if (tenant) {
    const may = mayActFor(ctx.actor, tenant.id);
    if (may === true) return tenant;
    if (may === "when_member" && ctx.actor.kind === "user") {
      if ((await findRole(ctx.db.prisma, tenant.id, ctx.actor.userId)) !== null) return tenant;
    }
  }
  throw tenantNotFound();
}

/** The tenant with that id, for verbs that were given one by a transport that has resolved it. */
export async function getTenant(ctx: Pick<BillingContext, "db">, id: string): Promise<Tenant> {
  const tenant = await findTenant(ctx.db.prisma, id);
  if (!tenant) throw tenantNotFound();
  return tenant;
}

/** The refusal that is the same for a tenant that does not exist and for one of somebody else. */
export function tenantNotFound(): BillingError {
  return new BillingError("not_found", "tenant.not_found", "There is no such organisation.");
}

async function find(ctx: Pick<BillingContext, "db">, idOrSlug: string): Promise<Tenant | null> {
  // PostgreSQL refuses text with a zero byte; what is not an id or a slug names no tenant.
  if (!/^[\w-]{1,64}$/.test(idOrSlug)) return null;
  // An id has an underscore, a slug never has one.
  return idOrSlug.includes("_") ? findTenant(ctx.db.prisma, idOrSlug) : findTenantBySlug(ctx.db.prisma, idOrSlug);
}
