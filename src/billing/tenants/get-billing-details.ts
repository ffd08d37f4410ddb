/** Billing details as pages read them: from our mirror alone. */
import type { BillingContext } from "../context";
import type { BillingDetails } from "./model-billing-details";
import { resolveTenant } from "./resolve-tenant";
import { findDetails } from "./store-billing-details";

/** Who is billed, where, and under which tax ids. A tenant that never said has its name and e-mail. */
export async function getBillingDetails(
  ctx: Pick<BillingContext, "db" | "actor" | "settings">,
  tenantId: string,
): Promise<BillingDetails> {
  const tenant = await resolveTenant(ctx, tenantId);
  const known = await findDetails(ctx.db.prisma, tenant.id);
  return {
    tenantId: tenant.id,
    legalName: known?.legalName ?? tenant.name,
    billingEmail: tenant.billingEmail,
    phone: known?.phone ?? null,
    address: known?.address ?? null,
    taxIds: known?.taxIds ?? [],
    taxExempt: known?.taxExempt ?? "none",
    purchaseOrder: known?.purchaseOrder ?? null,
    timeZone: tenant.timeZone,
    needsAddress: ctx.settings.taxMode === "stripe_tax",
  };
}
