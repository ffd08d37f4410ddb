/**
 * What a decided plan costs: the invoice now, what follows from it, and the next one.
 *
 * The `basis` is a hash of every amount and of what it was computed from. Two prices of one wish with the same basis charge
 * the same, so a quote is kept by computing it again and comparing.
 */
import { createHash } from "node:crypto";
import type { InvoiceLineRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import type { Tenant } from "../tenants";
import { recurringOf } from "./invoice-next";
import { chargedMethod, type PricedNow, type PriceInput, priceNow, refundOf } from "./invoice-now";
import type { ChargedMethod } from "./model";

/** The money of a plan, as far as it is promised. */
export interface PricedPlan extends PricedNow {
  /** What the amount due is charged to; null when nothing is due, or the payer is still to say. */
  chargedTo: ChargedMethod | null;
  /** What of a credit goes back to cards, as far as cards paid; the rest becomes credit. */
  refundMinor: bigint;
  /** What the next invoice comes to; null when there is none. */
  recurringMinor: bigint | null;
  basis: string;
}

/** Prices a plan. Stores nothing, except that a tenant who asks for a price for the first time becomes a customer. */
export async function pricePlan(ctx: BillingContext, tenant: Tenant, input: PriceInput): Promise<PricedPlan> {
  const now = await priceNow(ctx, tenant, input);
  const { invoice, dueNowMinor } = now;
  const [refundMinor, recurringMinor, chargedTo] = await Promise.all([
    refundOf(ctx, input, invoice),
    recurringOf(ctx, tenant, input, invoice),
    dueNowMinor > 0n ? chargedMethod(ctx, tenant, input) : null,
  ]);
  const priced = { ...now, refundMinor, recurringMinor, chargedTo };
  return { ...priced, basis: basisOf(input, priced) };
}

/** What is put off or not yet paid for says nothing of seconds, so amounts and states are enough. */
function basisOf(
  { facts, plan }: PriceInput,
  { invoice, refundMinor, recurringMinor, chargedTo }: Omit<PricedPlan, "basis">,
): string {
  // Stripe lets nobody say when a pause begins. It charges nothing, and its credit is counted to the second it begins at.
  const isCounted = plan.do === "pause";
  const lines = isCounted ? (invoice?.lines.filter((line) => !line.proration) ?? []) : invoice?.lines;
  const live = facts.live;
  const isChange = plan.do === "change";
  const basis = {
    plan: {
      ...plan,
      paymentMethodId: null,
      whenUnpaid: null,
      ...(isChange && { latestStripeInvoiceId: null }),
    },
    lines: (lines ?? []).map(amountsOf),
    totals: invoice && !isCounted ? [invoice.totalMinor, invoice.amountDueMinor] : [],
    refund: refundMinor,
    recurring: recurringMinor,
    chargedTo: chargedTo?.stripePaymentMethodId ?? null,
    live: live && [live.stripeSubscriptionId, live.status, live.priceMinor, live.currentPeriodEndAt, live.seats],
  };
  const text = JSON.stringify(basis, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  return createHash("sha256").update(text).digest("hex");
}

function amountsOf(line: InvoiceLineRecord) {
  return [line.amountMinor, line.taxMinor, line.quantity, line.stripePriceId, line.metadata.meter ?? null];
}
