/** Quotes and histories as bodies of the REST API, and wishes out of them. Pure. */
import type { z } from "zod";
import { decimal } from "@/billing/kernel/decimal";
import { toMajorNumber } from "@/billing/kernel/money";
import type { Quote, QuoteSide, SubscriptionChangeView, SubscriptionWish } from "@/billing/subscriptions/model";
import type { wishBodySchemas } from "./schemas";
import type { quoteBodySchema, subscriptionChangeBodySchema } from "./schemas-quotes";
import { billingCycle, billingInterval, timeText } from "./translate";

type WishBody = {
  [Name in keyof typeof wishBodySchemas]: z.output<(typeof wishBodySchemas)[Name]>;
}[keyof typeof wishBodySchemas];

/** A wish from its body. */
export function wishOf(body: WishBody): SubscriptionWish {
  switch (body.verb) {
    case "start":
      return {
        verb: "start",
        planKey: body.plan,
        interval: billingInterval(body.billing_cycle),
        seats: body.seats ?? null,
        promotionCode: body.promotion_code ?? null,
        trial: body.trial,
      };
    case "change":
      return {
        verb: "change",
        planKey: body.plan ?? null,
        interval: body.billing_cycle ? billingInterval(body.billing_cycle) : null,
        seats: body.seats ?? null,
        promotionCode: body.promotion_code ?? null,
        timing: body.timing ?? "policy",
      };
    case "cancel":
      return {
        verb: "cancel",
        when: body.immediate ? "now" : "at_period_end",
        settlement: body.settlement ?? "refund",
      };
    default:
      return { verb: body.verb };
  }
}

/** A quote. */
export function quoteBody(quote: Quote): z.output<typeof quoteBodySchema> {
  const money = (minor: bigint) => toMajorNumber(minor, quote.currency);
  const number = (quantity: string | null) => (quantity === null ? null : decimal(quantity).toNumber());
  return {
    quote_id: quote.id,
    action: quote.action,
    from: sideBody(quote.from),
    to: sideBody(quote.to),
    immediate: quote.isNow,
    takes_effect_at: timeText(quote.takesEffectAt),
    lines: quote.lines.map((line) => ({
      kind: line.kind,
      description: line.description,
      amount: money(line.amountMinor),
      period_start: timeText(line.periodStartAt),
      period_end: timeText(line.periodEndAt),
    })),
    subtotal: money(quote.subtotalMinor),
    discount: money(quote.discountMinor),
    tax: {
      name: quote.tax.displayName,
      percentage: number(quote.tax.percentage),
      amount: money(quote.tax.amountMinor),
    },
    total: money(quote.totalMinor),
    balance_applied: money(quote.balanceAppliedMinor),
    carried: money(quote.carriedMinor),
    due_now: money(quote.dueNowMinor),
    usage_invoice: quote.usageInvoiceMinor === null ? null : money(quote.usageInvoiceMinor),
    credit: money(quote.creditMinor),
    refund: money(quote.refundMinor),
    next_invoice: quote.nextInvoice && {
      date: timeText(quote.nextInvoice.at),
      total: money(quote.nextInvoice.totalMinor),
    },
    usage: quote.usage.map((usage) => ({
      usage_type: usage.meterKey,
      used: decimal(usage.used).toNumber(),
      included_before: number(usage.includedBefore),
      included_after: number(usage.includedAfter),
      overage_before: money(usage.overageBeforeMinor),
      overage_after: money(usage.overageAfterMinor),
    })),
    gained: quote.gained,
    lost: quote.lost,
    limits_exceeded: quote.exceeded,
    promotion: quote.promotion,
    currency: quote.currency,
    proration_date: timeText(quote.prorationAt),
    expires_at: timeText(quote.expiresAt),
  };
}

function sideBody({ planKey, interval, seats }: QuoteSide) {
  return { plan: planKey, billing_cycle: interval === null ? null : billingCycle(interval), seats };
}

/** A line of the history. */
export function subscriptionChangeBody(change: SubscriptionChangeView): z.output<typeof subscriptionChangeBodySchema> {
  return {
    id: change.id,
    occurred_at: timeText(change.occurredAt),
    kind: change.kind,
    from_plan: change.fromPlanKey,
    to_plan: change.toPlanKey,
    from_billing_cycle: change.fromInterval && billingCycle(change.fromInterval),
    to_billing_cycle: change.toInterval && billingCycle(change.toInterval),
    from_seats: change.fromSeats,
    to_seats: change.toSeats,
    amount: change.amountMinor === null ? null : toMajorNumber(change.amountMinor, change.currency),
    currency: change.currency,
    actor: change.actor,
    reason: change.reason,
  };
}
