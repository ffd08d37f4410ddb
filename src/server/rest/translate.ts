/** Views of the domain as bodies of the REST API. Pure: bigint minor units become decimal numbers, Dates become text. */
import type { z } from "zod";
import type { Meter } from "@/billing/catalog/model";
import type { QuotaCheck } from "@/billing/entitlements/model";
import type { InvoiceLineView, InvoiceSummary, UpcomingInvoice } from "@/billing/invoices/model";
import { decimal } from "@/billing/kernel/decimal";
import { toMajorNumber } from "@/billing/kernel/money";
import type { BillingInterval, CurrentPlan, SubscriptionChanged } from "@/billing/subscriptions/model";
import type { UsageRecorded, UsageView } from "@/billing/usage/model";
import type * as schemas from "./schemas";

type Body<S extends z.ZodType> = z.output<S>;

/** An interval in the seed's words. */
export function billingCycle(interval: BillingInterval): "monthly" | "annual" {
  return interval === "year" ? "annual" : "monthly";
}

/** An interval from the seed's words. */
export function billingInterval(cycle: "monthly" | "annual"): BillingInterval {
  return cycle === "annual" ? "year" : "month";
}

/** RFC 3339 in UTC, without a fraction when there is none: 2024-11-19T00:00:00Z. */
export function timeText(at: Date): string {
  return at.toISOString().replace(".000Z", "Z");
}

/** An exact quantity as a number; null stays without limit. */
export function quantityNumber(quantity: string | null): number | null {
  return quantity === null ? null : decimal(quantity).toNumber();
}

/** What a tenant has, as a subscription. */
export function subscriptionBody(current: CurrentPlan): Body<typeof schemas.subscriptionBodySchema> {
  return {
    subscription_id: current.subscription?.stripeSubscriptionId ?? null,
    tenant_id: current.tenantId,
    plan: current.planKey,
    billing_cycle: current.interval === null ? null : billingCycle(current.interval),
    status: current.status,
    current_period_start: timeText(current.currentPeriodStartAt),
    current_period_end: timeText(current.currentPeriodEndAt),
    cancel_at_period_end: current.cancelAtPeriodEnd,
    seats: current.subscription?.seats ?? null,
    trial_end: current.trialEndAt && timeText(current.trialEndAt),
    next_billing_date: renews(current) ? timeText(current.currentPeriodEndAt) : null,
    scheduled_change: scheduledChange(current),
  };
}

/** Whether a period follows this one that is charged. */
function renews({ cancelAtPeriodEnd, status, subscription }: CurrentPlan): boolean {
  return subscription !== null && !cancelAtPeriodEnd && status !== "paused";
}

function scheduledChange({ scheduled }: CurrentPlan) {
  if (scheduled === null) return null;
  const { planKey, interval, seats, at } = scheduled;
  return { plan: planKey, billing_cycle: billingCycle(interval), seats, date: timeText(at) };
}

/** A subscription that was acted on, which is not always the one the tenant now has: a canceled one, for example. */
export function startedSubscriptionBody(changed: SubscriptionChanged): Body<typeof schemas.subscriptionBodySchema> {
  return {
    ...subscriptionBody(changed.current),
    subscription_id: changed.stripeSubscriptionId,
    status: changed.status,
    current_period_start: timeText(changed.currentPeriodStartAt),
    current_period_end: timeText(changed.currentPeriodEndAt),
  };
}

/** A changed or ended subscription, with what the change cost. */
export function changedSubscriptionBody(
  changed: SubscriptionChanged,
): Body<typeof schemas.changedSubscriptionBodySchema> {
  const charged = toMajorNumber(changed.chargedNowMinor, changed.currency);
  return {
    ...startedSubscriptionBody(changed),
    prorated_charge: Math.max(charged, 0),
    credit_amount: Math.max(-charged, 0),
  };
}

/** An accepted report of usage. */
export function recordedUsageBody(recorded: UsageRecorded): Body<typeof schemas.recordedUsageBodySchema> {
  return {
    id: recorded.key,
    usage_type: recorded.meterKey,
    quantity: decimal(recorded.quantity).toNumber(),
    total_quantity: decimal(recorded.totalQuantity).toNumber(),
    limit: quantityNumber(recorded.includedQuantity),
    recorded_at: timeText(recorded.occurredAt),
    period_end: timeText(recorded.periodEndAt),
  };
}

/** The running period in the seed's shape. A meter's cost is its whole quantity at the overage price, as the seed's example has it. */
export function currentUsageBody(
  view: UsageView,
  meters: readonly Meter[],
): Body<typeof schemas.currentUsageBodySchema> {
  const limits: Record<string, number | null> = {};
  for (const meter of meters) {
    const usage = view.meters.find((candidate) => candidate.meterKey === meter.key);
    if (meter.limitKey) limits[meter.limitKey] = quantityNumber(usage?.includedQuantity ?? null);
  }
  return {
    month: view.periodStartAt.getUTCMonth() + 1,
    year: view.periodStartAt.getUTCFullYear(),
    usage: view.meters
      .filter((meter) => meter.eventCount > 0n)
      .map((meter) => ({
        usage_type: meter.meterKey,
        total_quantity: decimal(meter.usedQuantity).toNumber(),
        total_cost: toMajorNumber(meter.usedCostMinor, view.currency),
      })),
    limits: { ...limits, users: view.maxUsers },
  };
}

/** What is left of a quota. */
export function quotaBody(quota: QuotaCheck): Body<typeof schemas.quotaBodySchema> {
  return {
    usage_type: quota.meterKey,
    allowed: quota.allowed,
    used: decimal(quota.used).toNumber(),
    limit: quantityNumber(quota.included),
    remaining: quantityNumber(quota.remaining),
    resets_at: timeText(quota.resetsAt),
  };
}

/**
 * Stripe's invoice status in the seed's words: pending until paid, also while an upgrade waits for its bank; failed once an
 * attempt to collect it failed.
 */
export function invoiceStatus(invoice: InvoiceSummary): Body<typeof schemas.invoiceBodySchema>["status"] {
  if (invoice.status === "draft" || invoice.status === "open") return invoice.paymentFailed ? "failed" : "pending";
  return invoice.status;
}

/** An invoice in the seed's shape. */
export function invoiceBody(invoice: InvoiceSummary): Body<typeof schemas.invoiceBodySchema> {
  return {
    id: invoice.id,
    invoice_number: invoice.number,
    subtotal: toMajorNumber(invoice.subtotalMinor, invoice.currency),
    tax: toMajorNumber(invoice.taxMinor, invoice.currency),
    total: toMajorNumber(invoice.totalMinor, invoice.currency),
    status: invoiceStatus(invoice),
    due_at: timeText(invoice.dueAt),
  };
}

/** An invoice of the list. */
export function listedInvoiceBody(invoice: InvoiceSummary): Body<typeof schemas.listedInvoiceBodySchema> {
  return {
    ...invoiceBody(invoice),
    issued_at: invoice.issuedAt ? timeText(invoice.issuedAt) : null,
    paid_at: invoice.paidAt ? timeText(invoice.paidAt) : null,
    currency: invoice.currency,
  };
}

function lineBody(line: InvoiceLineView, currency: string): Body<typeof schemas.invoiceLineBodySchema> {
  return {
    description: line.description,
    quantity: decimal(line.quantity).toNumber(),
    unit_price: quantityNumber(line.unitPrice),
    amount: toMajorNumber(line.amountMinor, currency),
    period_start: timeText(line.periodStartAt),
    period_end: timeText(line.periodEndAt),
  };
}

/** The next renewal. */
export function upcomingInvoiceBody(upcoming: UpcomingInvoice): Body<typeof schemas.upcomingInvoiceBodySchema> {
  const money = (minor: bigint) => toMajorNumber(minor, upcoming.currency);
  return {
    lines: upcoming.lines.map((line) => lineBody(line, upcoming.currency)),
    subtotal: money(upcoming.subtotalMinor),
    tax: money(upcoming.taxMinor),
    total: money(upcoming.totalMinor),
    amount_due: money(upcoming.amountDueMinor),
    currency: upcoming.currency,
    renews_at: timeText(upcoming.renewsAt),
    due_at: timeText(upcoming.dueAt),
    period_start: timeText(upcoming.periodStartAt),
    period_end: timeText(upcoming.periodEndAt),
    computed_at: timeText(upcoming.computedAt),
  };
}
