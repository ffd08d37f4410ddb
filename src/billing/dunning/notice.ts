/**
 * What a letter tells, gathered from a case. Writing it is the affair of a slice to the right of this one, which hands its
 * pen in as `TellTenant`; the letter is then part of the transaction of what it tells of.
 */
import type { DatabaseTransaction } from "@/db/transaction";
import type { AppliedCatalog } from "../catalog";
import type { BillingContext } from "../context";
import type { Tenant } from "../tenants";
import { fixPaymentUrl } from "./link";
import type { DunningCase, DunningNotice, DunningNoticeKind, PaymentFailure } from "./model";

/** Writes a letter about a notice unless one with its key was written. Returns whether it was written. */
export type TellTenant = (tx: DatabaseTransaction, notice: DunningNotice) => Promise<boolean>;

/** Gathers the notice. */
export function noticeOf(
  ctx: BillingContext,
  told: {
    kind: DunningNoticeKind;
    /** Unique within the case. */
    key: string;
    of: DunningCase;
    tenant: Tenant;
    catalog: AppliedCatalog;
    failure: PaymentFailure;
    now: Date;
    invoice: { nextPaymentAttemptAt: Date | null; amountDueMinor: bigint };
    planEnded?: boolean;
  },
): DunningNotice {
  const { kind, key, of, tenant, catalog, failure, now, invoice } = told;
  const { stripeInvoiceId, invoiceNumber, currency, planName, endsPlan, graceEndsAt } = of;
  return {
    ...{ kind, tenant, invoiceNumber, currency, planName, endsPlan, graceEndsAt, failure },
    key: `dunning:${of.id}:${key}`,
    amountDueMinor: invoice.amountDueMinor,
    planEnded: told.planEnded ?? (of.endsPlan && of.lapsedAt !== null),
    freePlanName: catalog.freePlan.name,
    // A try after the grace would be news to nobody: by then the plan has ended.
    nextAttemptAt: earlier(invoice.nextPaymentAttemptAt, graceEndsAt),
    link: fixPaymentUrl(ctx, { tenantId: tenant.id, tenantSlug: tenant.slug, stripeInvoiceId, invoiceNumber, now }),
  };
}

function earlier(at: Date | null, end: Date): Date | null {
  return at !== null && at < end ? at : null;
}
