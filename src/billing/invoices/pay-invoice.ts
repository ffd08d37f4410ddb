/** Another try to collect an open invoice, with the default payment method or another one. */
import type { InvoiceRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { carryOut } from "../operations";
import { resolveTenant, type Tenant } from "../tenants";
import { getInvoice } from "./list-invoices";
import type { InvoiceDetail, PayInvoiceInput } from "./model";
import { getInvoiceRow } from "./store";
import { convergeInvoice, syncInvoice } from "./sync";

interface PayPlan {
  stripeInvoiceId: string;
  stripePaymentMethodId: string | null;
}

/**
 * Pays an invoice that is open. A declined card throws `declined` and leaves it open; its try is seen in the invoice.
 * Throws `invoice.not_found`, and `invoice.not_payable` for an invoice that is paid, void or still a draft.
 */
export async function payInvoice(ctx: BillingContext, input: PayInvoiceInput): Promise<InvoiceDetail> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason } = input;
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const request = { tenantId: tenant.id, requestId, reason, kind: "invoice.pay", now: sourceAt };
  await carryOut<PayPlan, { status: string }, InvoiceRecord>(ctx, request, {
    decide: () => decide(ctx, tenant, input),
    act: async ({ id, plan }) => {
      const { stripeInvoiceId, stripePaymentMethodId } = plan;
      const record = await pay(ctx, tenant, plan, () =>
        ctx.stripe.payInvoice(stripeInvoiceId, { stripePaymentMethodId }, `${id}:pay`),
      );
      return { outcome: { status: record.status }, facts: record };
    },
    record: async (tx, { plan }, record) => {
      await convergeInvoice(tx, ctx, record, { actor: ctx.actor, reason, sourceAt });
      const details = { amountPaidMinor: Number(record.amountPaidMinor), status: record.status };
      const target = `invoice:${plan.stripeInvoiceId}`;
      const entry = { actor: ctx.actor, action: "invoice.pay", target, reason, details };
      await recordAudit(tx, { tenantId: tenant.id, occurredAt: sourceAt, ...entry });
    },
  });
  return getInvoice(ctx, { tenantId: tenant.id, invoiceId: input.invoiceId });
}

async function decide(ctx: BillingContext, tenant: Tenant, input: PayInvoiceInput): Promise<PayPlan> {
  const { summary, stripeInvoiceId } = await getInvoiceRow(ctx.db.prisma, tenant.id, input.invoiceId);
  if (summary.status !== "open" && summary.status !== "uncollectible") {
    throw new BillingError("precondition", "invoice.not_payable", `Invoice ${summary.number} is ${summary.status}.`, {
      details: { status: summary.status },
    });
  }
  return { stripeInvoiceId, stripePaymentMethodId: input.paymentMethodId ?? (await defaultMethodOf(ctx, tenant)) };
}

/** Named, because an invoice of a subscription that has ended would be charged to the card that subscription had. */
async function defaultMethodOf(ctx: BillingContext, { stripeCustomerId }: Tenant): Promise<string | null> {
  const customer = stripeCustomerId === null ? null : await ctx.stripe.fetchCustomer(stripeCustomerId);
  return customer?.defaultPaymentMethodId ?? null;
}

/** A declined try is news of the invoice as well: the row learns of it before the caller does. */
async function pay(
  ctx: BillingContext,
  tenant: Tenant,
  plan: PayPlan,
  call: () => Promise<InvoiceRecord>,
): Promise<InvoiceRecord> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof BillingError) || error.kind !== "declined") throw error;
    const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
    const record = await ctx.stripe.fetchInvoice(plan.stripeInvoiceId);
    if (record) await syncInvoice(ctx, record, { actor: ctx.actor, reason: "A payment was declined", sourceAt });
    throw error;
  }
}
