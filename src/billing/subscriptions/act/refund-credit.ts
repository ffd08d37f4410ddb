/**
 * Paying out the credit that an ended subscription's final invoice left.
 *
 * A promise of its own inside the cancellation: how the credit is split depends on what the payments still hold, which the
 * first refund changes, so a retry must find the split that was decided first.
 */
import type { InvoiceRecord } from "@/stripe/gateway";
import { recordAudit } from "../../audit";
import type { BillingContext } from "../../context";
import { wholeSteps } from "../../kernel/money";
import { carryOut } from "../../operations";
import { ensureStripeCustomer, type Tenant } from "../../tenants";
import { allocateRefund, type RefundablePayment, type RefundPart, refundedBy } from "../rules/refund";

/** How many of the subscription's newest paid invoices are asked for the money that came in. */
const INVOICES_MAX = 24;

interface RefundPlan {
  stripeCustomerId: string;
  currency: string;
  parts: RefundPart[];
}

/** Refunds the credit of a final invoice as far as cards paid for it, and returns how much that was. */
export async function refundCredit(
  ctx: BillingContext,
  tenant: Tenant,
  cause: { operationId: string; final: InvoiceRecord; reason: string },
): Promise<bigint> {
  const { final, reason } = cause;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const requestId = `${cause.operationId}:refund`;
  const request = { tenantId: tenant.id, requestId, reason, kind: "subscription.refund", now } as const;
  const { outcome } = await carryOut<RefundPlan, { refundedMinor: bigint }, null>(ctx, request, {
    decide: () => planRefund(ctx, tenant, final),
    act: async ({ id, plan }) => {
      let refundedMinor = 0n;
      for (const part of plan.parts) {
        const refund = await ctx.stripe.refundPayment(
          { ...part, reason },
          `${id}:refund:${part.stripePaymentIntentId}`,
        );
        refundedMinor += refund.amountMinor;
      }
      if (refundedMinor > 0n) {
        const credit = { amountMinor: refundedMinor, currency: plan.currency, description: "Paid out to the card" };
        await ctx.stripe.adjustBalance(plan.stripeCustomerId, credit, `${id}:withdraw`);
      }
      return { outcome: { refundedMinor }, facts: null };
    },
    record: (tx, { plan }, _facts, { refundedMinor }) =>
      recordAudit(tx, {
        tenantId: tenant.id,
        occurredAt: now,
        actor: ctx.actor,
        action: "subscription.refund",
        target: `invoice:${final.stripeInvoiceId ?? ""}`,
        reason,
        details: { refundedMinor: Number(refundedMinor), payments: plan.parts.length },
      }),
  });
  return outcome.refundedMinor;
}

async function planRefund(ctx: BillingContext, tenant: Tenant, final: InvoiceRecord): Promise<RefundPlan> {
  const stripeCustomerId = await ensureStripeCustomer(ctx, tenant);
  const { currency, stripeSubscriptionId } = final;
  const invoices = await ctx.stripe.listInvoices(stripeCustomerId);
  const credit = { creditMinor: -final.totalMinor, currency, stripeSubscriptionId };
  return { stripeCustomerId, currency, parts: await refundParts(ctx, invoices, credit) };
}

/**
 * The payments that a subscription's credit goes back through, and how much through each: the newest first, and no more of
 * them are looked at than it takes.
 */
export async function refundParts(
  ctx: BillingContext,
  invoices: readonly InvoiceRecord[],
  credit: { creditMinor: bigint; currency: string; stripeSubscriptionId: string | null },
): Promise<RefundPart[]> {
  const { creditMinor, currency, stripeSubscriptionId } = credit;
  const paid = invoices
    .filter((invoice) => invoice.stripeSubscriptionId === stripeSubscriptionId && invoice.amountPaidMinor > 0n)
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    .slice(0, INVOICES_MAX);
  const payments: RefundablePayment[] = [];
  let parts: RefundPart[] = [];
  for (const { stripePaymentIntentId } of paid) {
    if (refundedBy(parts) >= wholeSteps(creditMinor, currency)) break;
    const payment = stripePaymentIntentId === null ? null : await ctx.stripe.fetchPayment(stripePaymentIntentId);
    if (payment?.status !== "succeeded") continue;
    const { amountMinor: capturedMinor, amountRefundedMinor: refundedMinor } = payment;
    payments.push({ stripePaymentIntentId: payment.stripePaymentIntentId, capturedMinor, refundedMinor });
    parts = allocateRefund(creditMinor, payments, currency);
  }
  return parts;
}
