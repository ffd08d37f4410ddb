/** Reading cases: the operator's list, one case with its history, and what a tenant is shown of its own. */
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { nameActors, resolveTenant } from "../tenants";
import { fixPaymentUrl } from "./link";
import type { DunningCaseDetail, DunningCaseView, DunningStanding, ListCasesInput } from "./model";
import { loadCases, loadCaseView, loadEvents, loadUnpaidCases } from "./store";

/** Cases of all tenants, the newest first. */
export function listCases(ctx: BillingContext, input: ListCasesInput): Promise<DunningCaseView[]> {
  return loadCases(ctx.db.prisma, input);
}

/** One case with its history. Throws `dunning.not_found`. */
export async function getCase(
  ctx: BillingContext,
  input: { tenantId: string; caseId: string },
): Promise<DunningCaseDetail> {
  const found = await loadCaseView(ctx.db.prisma, input.tenantId, input.caseId);
  if (found === null) throw new BillingError("not_found", "dunning.not_found", "There is no such case.");
  return { ...found, events: await nameActors(ctx, await loadEvents(ctx.db.prisma, input.tenantId, input.caseId)) };
}

/** What a tenant owes and until when its plan stays: its oldest unpaid invoice. Null when nothing is owed. */
export async function getStanding(ctx: BillingContext, tenantId: string): Promise<DunningStanding | null> {
  const tenant = await resolveTenant(ctx, tenantId);
  const [oldest] = await loadUnpaidCases(ctx.db.prisma, tenant.id);
  if (!oldest) return null;
  const { id, invoiceNumber, amountDueMinor, currency, stage, endsPlan, planName, graceEndsAt } = oldest;
  const { nextPaymentAttemptAt } = oldest;
  return { id, invoiceNumber, amountDueMinor, currency, stage, endsPlan, planName, graceEndsAt, nextPaymentAttemptAt };
}

/** Where the tenant's oldest unpaid invoice is paid, for people who may manage it; null when nothing is owed. */
export async function getFixPaymentUrl(ctx: BillingContext, tenantId: string): Promise<string | null> {
  const tenant = await resolveTenant(ctx, tenantId);
  const [oldest] = await loadUnpaidCases(ctx.db.prisma, tenant.id);
  if (!oldest) return null;
  const { stripeInvoiceId, invoiceNumber } = oldest;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  return fixPaymentUrl(ctx, { tenantId: tenant.id, tenantSlug: tenant.slug, stripeInvoiceId, invoiceNumber, now });
}
