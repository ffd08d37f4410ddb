/** An invoice of our own for overage: made, issued and collected at once, outside any renewal. */
import { inTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { overageItem } from "../subscriptions";
import { ensureStripeCustomer, type Tenant } from "../tenants";
import type { OverageCharge } from "../usage";
import { reserveNumber } from "./store";

/** What to bill, and under which promise. */
export interface ChargesToIssue {
  /** Root of the keys, and the owner of the number. */
  key: string;
  /** Null when the subscription is over: Stripe takes nothing more for it. */
  stripeSubscriptionId: string | null;
  charges: ReadonlyArray<OverageCharge & { periodEndAt: Date }>;
  now: Date;
  /** Added to each description when the reader would wonder why this is not on the renewal. */
  note: string | null;
}

/** Issues the charges as one invoice. A card that fails leaves it open; Stripe tries again by its schedule. */
export async function issueCharges(ctx: BillingContext, tenant: Tenant, issue: ChargesToIssue): Promise<InvoiceRecord> {
  const { key, note, now, stripeSubscriptionId } = issue;
  const stripeCustomerId = await ensureStripeCustomer(ctx, tenant);
  const { tax } = await getCatalog(ctx);
  const stripeTaxRateId = ctx.settings.taxMode === "rate" ? tax.stripeTaxRateId : null;
  const number = await inTransaction(ctx.db, (tx) =>
    reserveNumber(tx, { tenantId: tenant.id, slug: tenant.slug, createdAt: now, owner: key }),
  );
  const target = { stripeCustomerId, stripeSubscriptionId, stripeInvoiceId: null, stripeTaxRateId };
  const items = issue.charges.map((charge) => {
    const description = note === null ? charge.description : `${charge.description} (${note})`;
    return overageItem({ ...charge, description, chargeId: charge.id }, target);
  });
  const automaticTax = ctx.settings.taxMode === "stripe_tax";
  return ctx.stripe.createInvoice(
    { stripeCustomerId, stripeSubscriptionId, number, items, stripeTaxRateId, automaticTax },
    `${key}:invoice`,
  );
}
